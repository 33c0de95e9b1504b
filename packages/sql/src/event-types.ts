import type { EventTypeStorage, RegisteredEventType } from '@leadhooks/core/storage'
import { sql as rawSql } from 'kysely'
import { withAudit } from './audit.ts'
import { fromRow, rowMapping, toChanges, toRow } from './row-mapping.ts'
import { rowsOf, type Sql } from './sql-runner.ts'
import type { Columns } from './tables.ts'

const mapping = rowMapping<RegisteredEventType>('event_types', {
  organizationId: 'text',
  name: 'text',
  description: 'text',
  schema: 'json',
  example: 'json',
  sensitive: 'json',
  createdAt: 'date',
  updatedAt: 'date',
})

type InHostTransactions = 'findEventTypeRules' | 'findEventTypeRulesSync'

/** All but the look-up of a dispatch, which may run in a transaction of the host's. */
export function eventTypeStorage(sql: Sql): Omit<EventTypeStorage<never>, InHostTransactions> {
  const { db, codec, runner } = sql
  const read = (row: Columns<RegisteredEventType>): RegisteredEventType =>
    fromRow(mapping, codec, row, `${row.organization_id} ${row.name}`)
  const first = ([row]: Columns<RegisteredEventType>[]): RegisteredEventType | null =>
    row === undefined ? null : read(row)
  const countChange = db.updateTable('event_type_changes').set((eb) => ({ changes: eb('changes', '+', 1) }))

  return {
    async insertEventType(type, audit) {
      const insert = db
        .insertInto('event_types')
        .values(toRow(mapping, codec, type))
        .onConflict((conflict) => conflict.columns(['organization_id', 'name']).doNothing())
        .returning('name')
      return withAudit(sql, audit, function* (append) {
        const inserted = yield* rowsOf(insert)
        if (inserted.length === 0) return false
        yield* rowsOf(countChange)
        yield* append(type.organizationId, null, type)
        return true
      })
    },

    async updateEventType({ organizationId, name }, changes, audit) {
      const known = db.selectFrom('event_types').selectAll().where('organization_id', '=', organizationId)
      const update = db
        .updateTable('event_types')
        .set(toChanges(mapping, codec, changes))
        .where('organization_id', '=', organizationId)
        .where('name', '=', name)
        .returningAll()
      return withAudit(sql, audit, function* (append) {
        const before = first(yield* rowsOf(known.where('name', '=', name).modifyEnd(sql.lock)))
        if (before === null) return null
        const after = first(yield* rowsOf(update))
        yield* rowsOf(countChange)
        yield* append(organizationId, before, after)
        return after
      })
    },

    async deleteEventType({ organizationId, name }, audit) {
      const remove = db
        .deleteFrom('event_types')
        .where('organization_id', '=', organizationId)
        .where('name', '=', name)
        .returningAll()
      return withAudit(sql, audit, function* (append) {
        const before = first(yield* rowsOf(remove))
        if (before === null) return false
        yield* rowsOf(countChange)
        yield* append(organizationId, before, null)
        return true
      })
    },

    async listEventTypes({ organizationId }) {
      const query = db.selectFrom('event_types').selectAll().where('organization_id', '=', organizationId)
      return (await runner.rows(query.orderBy('name'))).map(read)
    },

    async countEventTypes({ organizationId }) {
      const counted = rawSql<number>`cast(count(*) as integer)`.as('count')
      const query = db.selectFrom('event_types').select(counted)
      const [row] = await runner.rows(query.where('organization_id', '=', organizationId))
      return row?.count ?? 0
    },

    async eventTypesVersion() {
      const [row] = await runner.rows(db.selectFrom('event_type_changes').select('changes'))
      return row?.changes ?? 0
    },
  }
}
