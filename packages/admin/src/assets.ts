/** What browsers load: the page, and by their names the files that it refers to. */
export interface Assets {
  page: string
  files: Record<string, Asset>
}

export interface Asset {
  type: string
  /** In base64. */
  gzipped: string
}

let built: Promise<Assets> | undefined

/** Here Vite makes them when they are first asked for. In the published package this module holds what it has made. */
export function loadAssets(): Promise<Assets> {
  built ??= import('./bundle-app.ts').then(({ bundleApp }) => bundleApp())
  return built
}
