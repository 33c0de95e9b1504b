import type { Organization, OrganizationStorage } from '@leadhooks/core/storage'
import { behind } from './newest-first.ts'
import { fromRow, rowMapping, toRow } from './row-mapping.ts'
import type { Sql } from './sql-runner.ts'
import type { Columns } from './tables.ts'

const mapping = rowMapping<Organization>('organizations', { id: 'text', name: 'text', createdAt: 'date' })

export function organizationStorage({ db, codec, runner }: Sql): OrganizationStorage {
  const read = (row: Columns<Organization>): Organization => fromRow(mapping, codec, row)

  return {
    async upsertOrganization(organization) {
      const { name } = organization
      const [row] = await runner.rows(
        db
          .insertInto('organizations')
          .values(toRow(mapping, codec, organization))
          .onConflict((conflict) => conflict.column('id').doUpdateSet({ name }))
          .returningAll(),
      )
      return row === undefined ? organization : read(row)
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
