import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { LeadhooksError } from '../../errors.ts'
import { referencePage } from './reference-page.ts'
import { type Viewer, viewers } from './viewers.ts'

const types: Readonly<Record<string, string>> = { css: 'text/css', js: 'text/javascript' }

/**
 * Answers `/docs`, `/redoc` and the files of these pages, from the mounted API alone: nothing is asked of any other
 * server. Undefined for every other path.
 *
 * @throws {LeadhooksError} `not_found` with what to install, where the package that draws the page is missing
 */
export async function serveApiReference(path: string): Promise<Response | undefined> {
  const { viewer, name, file } = parsePath(path)
  if (viewer === undefined) return undefined
  const root = findPackage(viewer)
  if (root === undefined) throw notInstalled(viewer)
  if (file === '') return referencePage(viewer, path.endsWith('/') ? '' : `${name}/`)
  if (file === 'start.js') return fileResponse(file, startScript(viewer))
  const source = Object.hasOwn(viewer.files, file) ? viewer.files[file] : undefined
  return source === undefined ? undefined : fileResponse(file, await readFile(join(root, source)))
}

/** Whether a page is at a path. Where its package is not installed, the path is the host's. */
export function hasApiReference(path: string): boolean {
  const { viewer } = parsePath(path)
  return viewer !== undefined && findPackage(viewer) !== undefined
}

function parsePath(path: string): { viewer: Viewer | undefined; name: string; file: string } {
  const [, name = '', file = '', ...rest] = path.split('/')
  const isViewer = Object.hasOwn(viewers, name) && rest.length === 0
  return { viewer: isViewer ? viewers[name] : undefined, name, file }
}

/** Its folder. */
function findPackage(viewer: Viewer): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${viewer.package}/package.json`))
  } catch {
    return undefined
  }
}

function notInstalled(viewer: Viewer): LeadhooksError {
  const message = `This page is drawn by the package ${viewer.package}: install it beside @leadhooks/core`
  return new LeadhooksError('not_found', message)
}

function startScript({ start }: Viewer): string {
  return `const { openapi } = document.currentScript.dataset\nconst url = new URL(openapi, location.href).href\n${start}\n`
}

/** The version of the package is in no name, so that a browser asks again after an hour. */
function fileResponse(file: string, content: string | Buffer<ArrayBuffer>): Response {
  const type = types[file.slice(file.lastIndexOf('.') + 1)]
  return new Response(content, {
    headers: {
      'content-type': `${type}; charset=utf-8`,
      'cache-control': 'public, max-age=3600',
      'x-content-type-options': 'nosniff',
    },
  })
}
