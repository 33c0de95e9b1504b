import { gzipSync } from 'node:zlib'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

test('it runs in browsers: it imports nothing, and is small', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(import.meta.resolve('../src/index.ts'))],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    minify: true,
    write: false,
    metafile: true,
  })
  const [bundle] = outputFiles
  expect(Object.keys(metafile.inputs).filter((path) => !path.includes('packages/client/src'))).toEqual([])
  expect(bundle?.text).not.toMatch(/\b(process|Buffer|require|global)\b/)
  expect(gzipSync(bundle?.contents ?? '').length).toBeLessThan(3 * 1024)
})
