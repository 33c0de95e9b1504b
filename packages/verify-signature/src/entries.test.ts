import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** The modules that a source file reaches, itself and types included. */
function reachable(file: URL, seen = new Set<string>()): Set<string> {
  if (seen.has(file.href)) return seen
  seen.add(file.href)
  for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(/ from '([^']+)'/g)) {
    if (specifier.startsWith('.')) reachable(new URL(specifier, file), seen)
    else seen.add(specifier)
  }
  return seen
}

const packagesOf = (entry: string): string[] =>
  [...reachable(new URL(entry, import.meta.url))].filter((module) => !module.startsWith('file:')).sort()

test.each(['./webcrypto.ts', './fetch.ts'])(
  '%s runs without Node: it imports nothing but its own files',
  (entry) => {
    expect(packagesOf(entry)).toEqual([])
  },
)

test('the package depends on nothing but Node; Fastify is there for its types', () => {
  expect(packagesOf('./index.ts')).toEqual(['node:crypto'])
  expect(packagesOf('./express.ts')).toEqual(['node:crypto', 'node:http', 'node:stream'])
  expect(packagesOf('./fastify.ts')).toEqual(['fastify', 'node:crypto', 'node:stream'])
  expect(readFileSync(new URL('fastify.ts', import.meta.url), 'utf8')).toMatch(
    /^import type .* from 'fastify'$/m,
  )
})
