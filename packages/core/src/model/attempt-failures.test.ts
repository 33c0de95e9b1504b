import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { failureSentences } from './attempt-failures.ts'

test('the documentation lists every class of failure with its sentence, and no other', () => {
  const page = readFileSync(new URL('../../../../docs/failing-receivers.md', import.meta.url), 'utf8')
  const table = page.slice(page.indexOf('| `failure` |') + 1, page.indexOf('## The circuit'))
  const documented = [...table.matchAll(/^\| `(\w+)` \| (.+?) \|$/gm)].map(([, failure, sentence]) => [
    failure,
    sentence,
  ])
  expect(Object.fromEntries(documented)).toEqual(failureSentences)
})
