import type { Attempt, Settlement } from '@leadhooks/core/storage'
import type { Connection } from './connection.ts'

interface LeaseRow {
  organization_id: string
  webhook_id: string
  event_seq: number | null
}

// Whoever removes the lease is its holder, and nobody else gets to change the delivery.
const endLease = `
  delete from leadhooks_leases where delivery_id = ? and lease = ?
  returning organization_id, webhook_id, event_seq`

const update = `
  update leadhooks_deliveries
  set status = ?, reason = ?, next_attempt_at = ?, finished_at = ?, lapses = 0
  where organization_id = ? and id = ?`

const updateAttempt = `
  update leadhooks_deliveries
  set attempts = ?, status_code = ?, failure = ?
  where organization_id = ? and id = ?`
void update
void updateAttempt
export type { Attempt, Connection, LeaseRow, Settlement }
void endLease
