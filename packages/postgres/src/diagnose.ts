import type { Diagnosis } from '@leadhooks/core/storage'
import type { Database } from './database.ts'
import { findPending } from './migrate.ts'
import { describeServer, oldestServer } from './server-check.ts'

type Finding = Omit<Diagnosis, 'check'>
type Check = (database: Database) => Promise<Finding>

const longTransactionMinutes = 10
const manyDeadRows = 100_000
/** Of the rows of a table; autovacuum comes at a fifth, unless told otherwise. */
const largeDeadShare = 0.3

/** In the order in which they are told. Each can throw: that is a problem with what it looks at. */
const checks: Record<string, Check> = {
  'server-version': async (database) => {
    const { version } = await describeServer(database)
    if (version >= oldestServer) return ok(`Postgres ${version}`)
    return problem(`Postgres ${version} is too old: Leadhooks needs ${oldestServer} or newer`)
  },

  writable: async (database) => {
    const { is_replica: isReplica, is_read_only: isReadOnly } = await describeServer(database)
    if (isReplica) return problem('this is a replica, which takes no writes: connect to the primary')
    if (isReadOnly)
      return problem(
        'transactions are read-only: connect to the primary, or see default_transaction_read_only',
      )
    return ok('the server takes writes')
  },

  durability: async (database) => {
    const [row] = await database.run<{ fsync: string; synchronous_commit: string }>(
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit`,
    )
    if (row?.fsync === 'off') return warning('fsync is off: a power cut may destroy the whole cluster')
    if (row?.synchronous_commit === 'off')
      return warning('synchronous_commit is off: a crash of the server may take the last events with it')
    return ok('a committed event survives a crash of the server')
  },

  tables: async (database) => {
    const pending = await findPending(database, database.schema)
    const names = pending.map(({ version, name }) => `${version} (${name})`)
    if (names.length === 0) return ok(`up to date, in the schema "${database.schema.name}"`)
    return problem(
      `not migrated to ${names.join(', ')}: run \`leadhooks migrate\`, or call \`await leadhooks.migrate()\``,
    )
  },

  'old-transactions': async (database) => {
    const [row] = await database.run<{ pid: number; minutes: number }>(
      `select pid, extract(epoch from clock_timestamp() - xact_start) / 60 as minutes from pg_stat_activity
       where datname = current_database() and backend_xmin is not null and pid <> pg_backend_pid()
       order by xact_start limit 1`,
    )
    if (row === undefined || row.minutes < longTransactionMinutes)
      return ok('no transaction has been open for long')
    return warning(
      `process ${row.pid} has had a transaction open for ${Math.round(row.minutes)} minutes: nothing that was deleted or updated since can be cleaned up; end it, or set idle_in_transaction_session_timeout`,
    )
  },

  vacuum: async (database) => {
    const [setting] = await database.run<{ autovacuum: string }>(
      `select current_setting('autovacuum') as autovacuum`,
    )
    if (setting?.autovacuum === 'off')
      return warning('autovacuum is off: the tables will grow and claims slow down; switch it on')
    const [table] = await database.run<{ n_dead_tup: number }>(
      `select n_dead_tup from pg_stat_user_tables where schemaname = $1::text and relname = 'queue'`,
      [database.schema.name],
    )
    const dead = table?.n_dead_tup ?? 0
    if (dead < manyDeadRows) return ok(`autovacuum is on, ${dead} dead rows in the queue`)
    return warning(
      `${dead} dead rows in the queue: an old transaction may keep autovacuum from removing them; \`vacuum ${database.schema.name}.queue\` once that has ended`,
    )
  },

  'dead-rows': async (database) => {
    const { name } = database.schema
    const rows = await database.run<{ relname: string; n_dead_tup: number }>(
      `select relname, n_dead_tup::float8 as n_dead_tup from pg_stat_user_tables
       where schemaname = $1::text and relname in ('events', 'deliveries', 'attempts')
         and n_dead_tup > greatest(${manyDeadRows}, ${largeDeadShare} * n_live_tup)`,
      [name],
    )
    if (rows.length === 0) return ok('what was removed of the history has made room for new rows')
    const tables = rows.map(({ relname }) => `${name}.${relname}`).join(', ')
    return warning(
      `much was removed of ${tables}, and autovacuum has not come yet: \`vacuum (analyze) ${tables}\` makes the room free for new rows; only \`vacuum full\`, which locks the tables, gives it back to the disk`,
    )
  },

  connections: async ({ pool }) => {
    const { totalCount, idleCount, waitingCount } = pool
    const counts = `${totalCount} open, ${idleCount} idle, at most ${pool.options.max}`
    if (waitingCount === 0) return ok(counts)
    return warning(`${counts}, and ${waitingCount} callers wait for one: raise \`max\` of the pool`)
  },
}

/** Examines the server and the tables. Where it cannot be reached, that is all there is to say. */
export async function diagnose(database: Database): Promise<Diagnosis[]> {
  const access = await run('database', async () => {
    const [row] = await database.run<{ name: string; user: string }>(
      `select current_database() as name, current_user as user`,
    )
    return ok(`connected to "${row?.name}" as "${row?.user}"`)
  })
  if (access.status === 'problem') return [access]
  const diagnoses = [access]
  for (const [name, check] of Object.entries(checks)) diagnoses.push(await run(name, check))
  return diagnoses

  async function run(name: string, check: Check): Promise<Diagnosis> {
    try {
      return { check: name, ...(await check(database)) }
    } catch (error) {
      return { check: name, ...problem((error as Error).message) }
    }
  }
}

function ok(message: string): Finding {
  return { status: 'ok', message }
}

function warning(message: string): Finding {
  return { status: 'warning', message }
}

function problem(message: string): Finding {
  return { status: 'problem', message }
}
