import { LeadhooksError } from '@leadhooks/core/storage'
import { checkUpToDate } from '@leadhooks/sql'
import type { Session } from './database.ts'
import { findVersion } from './migrate.ts'
import { migrations } from './migrations.ts'
import type { Schema } from './schema.ts'

export const oldestServer = 13

export interface Server {
  version: number
  is_replica: boolean
  is_read_only: boolean
}

const describe = `
  select current_setting('server_version_num')::integer / 10000 as version, pg_is_in_recovery() as is_replica,
    current_setting('transaction_read_only') = 'on' as is_read_only`

/** What the server says of itself. */
export async function describeServer(session: Session): Promise<Server> {
  const [server] = await session.run<Server>(describe)
  if (server === undefined) throw new LeadhooksError('internal', 'Postgres said nothing of itself')
  return server
}

/** Throws, saying what to do, for a server that Leadhooks cannot work with. */
export async function checkServer(session: Session): Promise<void> {
  const { version, is_replica: isReplica, is_read_only: isReadOnly } = await describeServer(session)
  if (version < oldestServer) {
    const message = `Postgres ${version} is too old: Leadhooks needs ${oldestServer} or newer. Upgrade the server`
    throw new LeadhooksError('not_supported', message)
  }
  if (isReplica) {
    const message = 'This Postgres server is a replica and takes no writes: connect to the primary'
    throw new LeadhooksError('storage_unavailable', message)
  }
  if (isReadOnly) {
    const message =
      'Transactions of this connection are read-only: connect to the primary, or see default_transaction_read_only of the user and the database'
    throw new LeadhooksError('storage_unavailable', message)
  }
}

/** Throws, too, unless the tables are those that this release works with. */
export async function checkReady(session: Session, schema: Schema): Promise<void> {
  await checkServer(session)
  checkUpToDate(await findVersion(session, schema), migrations)
}
