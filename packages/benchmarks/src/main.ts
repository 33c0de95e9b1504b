import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Result, printResults } from './results.ts'
import { sqliteSuite } from './sqlite/suite.ts'
import type { SuiteOptions } from './suite-options.ts'

const suites: Record<string, (options: SuiteOptions) => Promise<Result[]>> = { sqlite: sqliteSuite }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    quick: { type: 'boolean', default: false },
  },
})
const suite = suites[positionals[0] ?? '']
if (suite === undefined) {
  console.error(
    `npm run bench -- <suite> [--rounds 5] [--quick] [--json file]\nThere are: ${Object.keys(suites).join(', ')}`,
  )
  process.exit(1)
}
const results = await suite({ rounds: Number(values.rounds), quick: values.quick })
printResults(results)
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`)
if (results.some(({ isMet }) => isMet === false))
  console.log('Some targets were missed on this machine, in this run.')
