import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { components } from './components.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const kilobyte = 1024

/** What a page loads for these components, without React. */
async function bundle(names: readonly string[]): Promise<{ bytes: number; outside: string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export { ${names.join(', ')} } from './src/index.ts'`, resolveDir: root },
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    conditions: ['@leadhooks/source'],
    external: ['react', 'react-dom', 'react/jsx-runtime'],
    logOverride: { 'ignored-directive': 'silent' },
    minify: true,
    write: false,
    metafile: true,
  })
  const own = /packages\/(react|client)\/src\/|^<stdin>$/
  const outside = Object.keys(metafile.inputs).filter((path) => !own.test(path))
  return { bytes: gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length, outside }
}

describe('what a page loads, gzipped', () => {
  test.each(components)('%s: at most 20 KB', async (name) => {
    const { bytes, outside } = await bundle([name])
    expect(outside).toEqual([])
    expect(bytes).toBeLessThan(20 * kilobyte)
  })

  test('all components: at most 45 KB', async () => {
    expect((await bundle(components)).bytes).toBeLessThan(45 * kilobyte)
  })

  test('the styles: at most 10 KB, and each selector for something of ours', async () => {
    const styles = await readFile(`${root}/styles.css`, 'utf8')
    expect(gzipSync(styles, { level: 9 }).length).toBeLessThan(10 * kilobyte)
    const plain = styles.replaceAll(/\/\*.*?\*\//gs, '')
    // Whatever stands before a block, but for at-rules and the steps of animations.
    const selectors = [...plain.matchAll(/([^{}]+)\{/g)].map(
      ([, text = '']) => text.split(';').at(-1)?.trim() ?? '',
    )
    const foreign = selectors.filter((text) => !text.startsWith('@') && text !== 'to')
    expect(foreign.length).toBeGreaterThan(80)
    expect(foreign.filter((text) => !text.includes('.lh-'))).toEqual([])
    expect(plain).not.toMatch(/!important|@import|url\(/)
  })
})

test('no markup carries styles or handlers as text: a strict content security policy lets all of it be', async () => {
  const { outputFiles } = await build({
    entryPoints: [`${root}/src/index.ts`],
    bundle: true,
    format: 'esm',
    packages: 'external',
    logOverride: { 'ignored-directive': 'silent' },
    write: false,
  })
  expect(outputFiles[0]?.text).not.toMatch(/dangerouslySetInnerHTML|style: ?\{|innerHTML|eval\(/)
})
