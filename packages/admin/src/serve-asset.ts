import { gunzipSync } from 'node:zlib'
import { LeadhooksError } from '@leadhooks/core'
import { loadAssets } from './assets.ts'

/** A file of the pages. Its name changes with its content: it is kept for good. */
export async function serveAsset(request: Request, name: string): Promise<Response> {
  const { files } = await loadAssets()
  const asset = Object.hasOwn(files, name) ? files[name] : undefined
  if (asset === undefined) throw new LeadhooksError('not_found', 'There is no such file')
  const bytes = Buffer.from(asset.gzipped, 'base64')
  const isGzipped = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')
  const body = isGzipped ? bytes : gunzipSync(bytes)
  return new Response(new Uint8Array(body), {
    headers: {
      'content-type': `${asset.type}; charset=utf-8`,
      'content-length': String(body.length),
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
      ...(isGzipped && { 'content-encoding': 'gzip' }),
    },
  })
}
