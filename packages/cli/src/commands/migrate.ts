import type { PendingMigration } from '@leadhooks/core'
import type { ConfiguredCommand } from '../command.ts'
import { print } from '../print.ts'

export const migrate: ConfiguredCommand = {
  summary: 'Brings the tables up to date',
  optionsHelp: ['    --dry-run         changes nothing, and shows the SQL that would run'],
  options: { 'dry-run': { type: 'boolean' } },
  prepare: ({ 'dry-run': dryRun }) => {
    return async (leadhooks) => {
      if (dryRun === true) print(toScript(await leadhooks.migrate({ dryRun: true })))
      else printMigrations(await leadhooks.migrate())
      return 0
    }
  },
}

function printMigrations(ran: readonly PendingMigration[]): void {
  for (const { version, name } of ran) print(`Migrated to ${version} (${name})`)
  if (ran.length === 0) print('Nothing to migrate: the tables are up to date')
}

/** SQL that `psql` or `sqlite3` can run in place of the command: it notes, too, what has run. */
function toScript(pending: readonly PendingMigration[]): string {
  if (pending.length === 0) return '-- Nothing to migrate: the tables are up to date'
  return pending.map(toSection).join('\n\n')
}

function toSection({ version, name, mode, locks, statements }: PendingMigration): string {
  const header = [`-- Migration ${version}: ${name}`, `-- Mode: ${mode}`, `-- Locks: ${locks}`]
  const isTransaction = mode === 'transactional'
  const body = isTransaction ? ['begin', ...statements, 'commit'] : statements
  return [...header, ...body.map((statement) => `${statement.trim()};`)].join('\n')
}
