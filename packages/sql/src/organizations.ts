import { isDeepStrictEqual } from 'node:util'
import type { MaintenanceWindow, Organization, OrganizationStorage, Scoped } from '@leadhooks/core/storage'
import { withAudit } from './audit.ts'
import { behind } from './newest-first.ts'
import { fromRow, rowMapping, toRow } from './row-mapping.ts'
import { rowsOf, type Sql, type Steps } from './sql-runner.ts'
import type { Columns } from './tables.ts'

const mapping = rowMapping<Organization>('organizations', {
  id: 'text',
  name: 'text',
  eventsPerMinute: 'number',
  maintenance: 'json',
  retention: 'json',
  createdAt: 'date',
})

/** `onFreed` is told of webhooks that wait for maintenance no more, once that has committed. */
export function organizationStorage(
  sql: Sql,
  onFreed: (webhook: Scoped) => void = () => {},
): Omit<OrganizationStorage, 'beginErasure' | 'eraseNext' | 'listErasures'> {
  const { db, codec, runner } = sql
  const read = (row: Columns<Organization>): Organization => fromRow(mapping, codec, row)

  return {
    async upsertOrganization(organization, audit) {
      const { id } = organization
      const { created_at: _, ...changes } = toRow(mapping, codec, organization)
      let freed: string[] = []
      const current = db.selectFrom('organizations').selectAll().where('id', '=', id)
      const upsert = db
        .insertInto('organizations')
        .values(toRow(mapping, codec, organization))
        .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
        .returningAll()
      const stored = await withAudit(sql, audit, function* (append) {
        yield* rowsOf(sql.lockOrganization(id))
        const [before] = yield* rowsOf(current.modifyEnd(sql.lock))
        const [row] = yield* rowsOf(upsert)
        const after = row === undefined ? organization : read(row)
        const known = before === undefined ? null : read(before)
        freed = isDeepStrictEqual(known?.maintenance ?? [], after.maintenance)
          ? []
          : yield* putWebhooksUnder(sql, id, after.maintenance)
        yield* append(id, known, after)
        return after
      })
      for (const webhookId of freed) onFreed({ organizationId: id, id: webhookId })
      return stored
    },

    async findOrganization(id) {
      const [row] = await runner.rows(db.selectFrom('organizations').selectAll().where('id', '=', id))
      return row === undefined ? null : read(row)
    },

    async listOrganizations({ limit, after }) {
      const query = db.selectFrom('organizations').selectAll().where(behind(codec, after))
      const rows = await runner.rows(query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit))
      return rows.map(read)
    },
  }
}

/**
 * Writes the windows of an organization to its webhooks, and answers which of them had to wait and need not any more. They are locked in
 * the order of their ids: of two callers, none waits for the other in a circle.
 */
function* putWebhooksUnder(
  { db, codec, lock }: Sql,
  organizationId: string,
  windows: readonly MaintenanceWindow[],
): Steps<string[]> {
  const webhooks = db.selectFrom('webhooks').select('id').where('organization_id', '=', organizationId)
  yield* rowsOf(webhooks.orderBy('id').modifyEnd(lock))
  const update = db.updateTable('webhooks').where('organization_id', '=', organizationId)
  yield* rowsOf(update.set({ organization_maintenance: codec.json.write(windows) as string }))
  const freed = update.set({ waits_until: null, waits_for: null }).where('waits_for', '=', 'maintenance')
  return (yield* rowsOf(freed.returning('id'))).map(({ id }) => id)
}
