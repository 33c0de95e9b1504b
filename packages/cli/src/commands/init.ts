import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { BareCommand } from '../command.ts'
import { configNames } from '../load-config.ts'
import { print } from '../print.ts'
import { UsageError } from '../usage-error.ts'

const keyName = 'LEADHOOKS_ENCRYPTION_KEY'
const makesKey = `node -e "console.log(require('crypto').randomBytes(32).toString('base64'))"`

const databases = {
  sqlite: {
    storage: `sqliteStorage({ path: 'leadhooks.db' })`,
    variables: {},
    drivers: 'better-sqlite3 kysely',
  },
  postgres: {
    storage: 'postgresStorage({ connectionString: process.env.DATABASE_URL })',
    variables: { DATABASE_URL: 'postgres://localhost/crm' },
    drivers: 'pg',
  },
} as const
type DatabaseName = keyof typeof databases

export const init: BareCommand = {
  summary: 'Writes a leadhooks.config.ts and a key to begin with; overwrites nothing',
  optionsHelp: ['    --database <name> sqlite (the default) or postgres'],
  options: { database: { type: 'string', default: 'sqlite' } },
  prepareBare: ({ database }) => {
    const name = String(database)
    if (!isDatabase(name))
      throw new UsageError(`--database must be one of ${Object.keys(databases).join(', ')}, got "${name}"`)
    return async () => {
      write(name)
      return 0
    }
  },
}

function isDatabase(name: string): name is DatabaseName {
  return Object.hasOwn(databases, name)
}

function write(name: DatabaseName): void {
  const taken = configNames.find((file) => existsSync(file))
  if (taken !== undefined)
    throw new UsageError(`${taken} is there already: nothing was written. Remove it, or go on with it`)
  const { variables, drivers } = databases[name]
  writeFileSync('leadhooks.config.ts', configOf(name), { flag: 'wx' })
  print('Wrote leadhooks.config.ts')
  const key = randomBytes(32).toString('base64')
  addVariables('.env', { ...variables, [keyName]: key })
  // What is committed and shared names the key, and how to make one, and holds none.
  addVariables('.env.example', { ...variables, [keyName]: '' }, `# 32 random bytes in base64: ${makesKey}\n`)
  print(`
Next:
  1. npm install @leadhooks/core @leadhooks/${name} ${drivers}
  2. keep .env out of version control, and its key somewhere safe: without it no webhook secret can be read again
  3. node --env-file=.env node_modules/.bin/leadhooks migrate
  4. node --env-file=.env node_modules/.bin/leadhooks doctor
  5. node --env-file=.env node_modules/.bin/leadhooks worker`)
}

function configOf(name: DatabaseName): string {
  return `import { createLeadhooks } from '@leadhooks/core'
import { ${name}Storage } from '@leadhooks/${name}'

export default createLeadhooks({
  storage: ${databases[name].storage},
  encryptionKeys: [{ id: 'k1', key: process.env.${keyName} }],
})
`
}

/** Adds the variables that the file does not have. Nobody but its owner reads one that is new. */
function addVariables(file: string, variables: Record<string, string>, remark = ''): void {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const missing = Object.entries(variables).filter(([name]) => !new RegExp(`^${name}=`, 'm').test(before))
  if (missing.length === 0) return print(`${file} has all it needs already`)
  const gap = before === '' || before.endsWith('\n') ? '' : '\n'
  const lines = missing.map(([name, value]) => `${name === keyName ? remark : ''}${name}=${value}\n`)
  appendFileSync(file, gap + lines.join(''), { mode: 0o600 })
  print(`Wrote ${missing.map(([name]) => name).join(' and ')} to ${file}`)
}
