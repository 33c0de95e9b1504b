import type { Organization, OrganizationStorage } from '@leadhooks/core/storage'
import { withAudit } from './audit.ts'
import { behind } from './newest-first.ts'
import { fromRow, rowMapping, toRow } from './row-mapping.ts'
import { rowsOf, type Sql } from './sql-runner.ts'
import type { Columns } from './tables.ts'

const mapping = rowMapping<Organization>('organizations', {
  id: 'text',
  name: 'text',
  eventsPerMinute: 'number',
  createdAt: 'date',
})

export function organizationStorage(sql: Sql): OrganizationStorage {
  const { db, codec, runner } = sql
  const read = (row: Columns<Organization>): Organization => fromRow(mapping, codec, row)

  return {
    async upsertOrganization(organization, audit) {
      const { id, name, eventsPerMinute } = organization
      const known = db.selectFrom('organizations').selectAll().where('id', '=', id)
      const upsert = db
        .insertInto('organizations')
        .values(toRow(mapping, codec, organization))
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet({ name, events_per_minute: eventsPerMinute }),
        )
        .returningAll()
      return withAudit(sql, audit, function* (append) {
        const [before] = yield* rowsOf(known.modifyEnd(sql.lock))
        const [row] = yield* rowsOf(upsert)
        const after = row === undefined ? organization : read(row)
        yield* append(id, before === undefined ? null : read(before), after)
        return after
      })
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
