import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const { dirname } = import.meta
const checked = readFileSync(join(dirname, 'examples.ts'), 'utf8')
const docs = readFileSync(join(dirname, '../../../../docs/transactions.md'), 'utf8')
const examples = docs.split(/^## /m).flatMap((section) => {
  const [of = ''] = section.split('\n')
  return [...section.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => ({ of, code }))
})

test('there is an example for each library', () => {
  expect(examples.map(({ of }) => of)).toEqual([
    'pg',
    'Kysely',
    'Drizzle',
    'Knex',
    'Prisma',
    'TypeORM',
    'postgres.js',
    'Anything else',
  ])
})

test.each(examples)('the example of $of is one that the compiler has checked', ({ code }) => {
  expect(checked).toContain(code.replaceAll(/^(?=.)/gm, '  '))
})
