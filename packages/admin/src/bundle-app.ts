import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'
import type { Assets } from './assets.ts'

const types: Record<string, string> = {
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
}

/** Makes what browsers load. All addresses in it are relative, so that it works wherever it is mounted. */
export async function bundleApp(): Promise<Assets> {
  const built = await build({
    root: fileURLToPath(new URL('../app', import.meta.url)),
    configFile: false,
    logLevel: 'error',
    base: './',
    // Whatever the environment says: tests run on what is published.
    define: { 'process.env.NODE_ENV': '"production"' },
    oxc: { jsx: { runtime: 'automatic', development: false } },
    resolve: {
      conditions: ['@leadhooks/source', 'module', 'browser', 'production'],
      dedupe: ['react', 'react-dom'],
    },
    build: {
      write: false,
      assetsDir: '-/assets',
      assetsInlineLimit: 0,
      modulePreload: false,
      reportCompressedSize: false,
    },
  })
  const output = [built].flat().flatMap((one) => ('output' in one ? one.output : []))
  const pages = output.filter(({ fileName }) => fileName.endsWith('.html'))
  const files = output.filter(({ fileName }) => !fileName.endsWith('.html'))
  return {
    page: pages.map(contentOf).join(''),
    files: Object.fromEntries(
      files.map((file) => [
        file.fileName.replace('-/assets/', ''),
        {
          type: types[file.fileName.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
          gzipped: gzipSync(contentOf(file), { level: 9 }).toString('base64'),
        },
      ]),
    ),
  }
}

function contentOf(file: Rolldown.OutputAsset | Rolldown.OutputChunk): string {
  return file.type === 'chunk' ? file.code : String(file.source)
}
