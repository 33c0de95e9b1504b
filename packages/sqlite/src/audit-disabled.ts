import type { Audit, AuditHead, Scoped, StoredWebhook } from '@leadhooks/core/storage'
import { appendEntry, readWebhook, type Sql } from '@leadhooks/sql'
import { codec } from './codec.ts'
import type { Connection } from './connection.ts'
import { runSteps } from './run-steps.ts'

const find = `select * from leadhooks_webhooks where organization_id = ? and id = ?`

/** Writes the entry of a webhook that was just switched off, as part of the transaction that is open. */
export function auditDisabled(
  connection: Connection,
  sql: Sql,
  { organizationId, id }: Scoped,
  audit: Audit<StoredWebhook>,
): AuditHead | null {
  const after = readWebhook(
    codec,
    connection.get(find, organizationId, id) as Parameters<typeof readWebhook>[1],
  )
  const before = { ...after, enabled: true, disabledReason: null, disabledAt: null }
  return runSteps(connection, appendEntry(sql, organizationId, audit, before, after))
}
