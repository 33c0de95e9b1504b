import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Result, printResults } from './results.ts'
import type { SuiteOptions } from './suite-options.ts'

interface Suite {
  /** How many rounds are run unless told. */
  rounds: number
  run: (options: SuiteOptions) => Promise<Result[]>
}

const suites: Record<string, Suite> = {
  sqlite: { rounds: 5, run: async (options) => (await import('./sqlite/suite.ts')).sqliteSuite(options) },
  postgres: {
    rounds: 3,
    run: async (options) => (await import('./postgres/suite.ts')).postgresSuite(options),
  },
  isolation: {
    rounds: 3,
    run: async (options) => (await import('./isolation/suite.ts')).isolationSuite(options),
  },
  analytics: {
    rounds: 9,
    run: async (options) => (await import('./analytics/suite.ts')).analyticsSuite(options),
  },
  observability: {
    rounds: 25,
    run: async (options) => (await import('./observability/suite.ts')).observabilitySuite(options),
  },
  keys: { rounds: 5, run: async (options) => (await import('./keys/suite.ts')).keysSuite(options) },
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    rounds: { type: 'string' },
    only: { type: 'string' },
    'snapshot-minutes': { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
  },
})
const [name = ''] = positionals
const suite = suites[name]
if (suite === undefined) {
  console.error(
    `npm run bench -- <suite> [--only scenario,scenario] [--rounds n] [--quick] [--json file]\nSuites: ${Object.keys(suites).join(', ')}`,
  )
  process.exit(1)
}
const results = await suite.run({
  rounds: Number(values.rounds ?? suite.rounds),
  quick: values.quick,
  only: values.only?.split(','),
  snapshotMinutes: Number(values['snapshot-minutes']),
})
printResults(results)
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`)
