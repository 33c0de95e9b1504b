import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { build as viteBuild } from 'vite'
import { describe, expect, test } from 'vitest'
import { components } from './components.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const kilobyte = 1024

interface Bundle {
  /** What a page loads at first, and all that it may load. */
  first: number
  all: number
  /** Files that are none of ours. */
  outside: string[]
}

/** What a host's Vite makes of components, without React. */
async function bundle(names: readonly string[]): Promise<Bundle> {
  const entry = `export { ${names.join(', ')} } from '${root}src/index.ts'`
  const result = await viteBuild({
    root,
    configFile: false,
    logLevel: 'silent',
    resolve: { conditions: ['@leadhooks/source', 'module', 'browser'] },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'entry' ? id : null),
        load: (id) => (id === 'entry' ? entry : null),
      },
    ],
    build: {
      write: false,
      modulePreload: false,
      rolldownOptions: { input: 'entry', preserveEntrySignatures: 'strict', external: /^react(-dom)?($|\/)/ },
    },
  })
  const chunks = [result]
    .flat()
    .flatMap((one) => ('output' in one ? one.output.filter((file) => file.type === 'chunk') : []))
  const named = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
  const atFirst = new Set(chunks.filter((chunk) => chunk.isEntry))
  for (const { imports } of atFirst) {
    for (const name of imports) {
      const needed = named.get(name)
      if (needed !== undefined) atFirst.add(needed)
    }
  }
  const size = (some: Iterable<{ code: string }>): number =>
    [...some].reduce((total, { code }) => total + gzipSync(code, { level: 9 }).length, 0)
  const files = chunks.flatMap(({ moduleIds }) => moduleIds)
  const outside = files.filter((path) => !/packages\/(react|client)\/src\/|^entry$|^\0/.test(path))
  return { first: size(atFirst), all: size(chunks), outside }
}

describe('what a page loads, gzipped', () => {
  const each = components.filter((name) => name !== 'WebhookApiManagement')
  test.each(each)('%s: at most 20 KB', async (name) => {
    const { first, outside } = await bundle([name])
    expect(outside).toEqual([])
    expect(first).toBeGreaterThan(5 * kilobyte)
    expect(first).toBeLessThan(20 * kilobyte)
  })

  test('all components: at most 45 KB', async () => {
    expect((await bundle(components)).all).toBeLessThan(45 * kilobyte)
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
