import { randomUUID } from 'node:crypto'
import type { Leadhooks } from '@leadhooks/core'
import { fromKysely, type PostgresTransaction } from '@leadhooks/postgres'
import type { Kysely, Selectable, Transaction } from 'kysely'
import type { events } from './events.ts'
import { type Changes, type CrmRecord, type Fields, type Resource, resources } from './records.ts'
import type { Tables } from './tables.ts'

interface Named {
  organizationId: string
  id: string
}

/** Where the CRM keeps its records. Every write takes its event with it: either both exist or neither does. */
export interface RecordStore {
  create(resource: Resource, organizationId: string, fields: Fields): Promise<CrmRecord>
  /** What is set to the value it has is no change. Null: there is none of that id. */
  update(resource: Resource, record: Named, wanted: Changes): Promise<CrmRecord | null>
  /** False: there is none of that id. */
  delete(resource: Resource, record: Named): Promise<boolean>
  get(resource: Resource, record: Named): Promise<CrmRecord | null>
  /** The newest 100. */
  list(resource: Resource, organizationId: string): Promise<CrmRecord[]>
}

export function recordStore(
  database: Kysely<Tables>,
  leadhooks: Leadhooks<typeof events, PostgresTransaction>,
): RecordStore {
  /** Dispatches in the transaction that writes the record. */
  async function tell(
    trx: Transaction<Tables>,
    organizationId: string,
    type: string,
    data: object,
  ): Promise<void> {
    await leadhooks.dispatchEvent({ organizationId, type, data }, { tx: fromKysely(trx) })
  }

  return {
    create: async (resource, organizationId, fields) =>
      database.transaction().execute(async (trx) => {
        const { singular } = resources[resource]
        const id = `${singular}_${randomUUID()}`
        const row = await trx
          .insertInto(resource)
          .values({ id, organization_id: organizationId, fields: JSON.stringify(fields) })
          .returningAll()
          .executeTakeFirstOrThrow()
        await tell(trx, organizationId, `${singular}.created`, { id, ...fields })
        return toRecord(row)
      }),

    update: async (resource, { organizationId, id }, wanted) =>
      database.transaction().execute(async (trx) => {
        const before = await trx
          .selectFrom(resource)
          .selectAll()
          .where('organization_id', '=', organizationId)
          .where('id', '=', id)
          .forUpdate()
          .executeTakeFirst()
        if (before === undefined) return null
        const changes = differences(before.fields, wanted)
        if (Object.keys(changes).length === 0) return toRecord(before)

        const fields = { ...before.fields, ...changes }
        const row = await trx
          .updateTable(resource)
          .set({ fields: JSON.stringify(fields), updated_at: new Date() })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow()
        await tell(trx, organizationId, `${resources[resource].singular}.updated`, { id, ...fields, changes })
        return toRecord(row)
      }),

    delete: async (resource, { organizationId, id }) =>
      database.transaction().execute(async (trx) => {
        const { numDeletedRows } = await trx
          .deleteFrom(resource)
          .where('organization_id', '=', organizationId)
          .where('id', '=', id)
          .executeTakeFirst()
        if (numDeletedRows === 0n) return false
        await tell(trx, organizationId, `${resources[resource].singular}.deleted`, { id })
        return true
      }),

    async get(resource, { organizationId, id }) {
      const row = await database
        .selectFrom(resource)
        .selectAll()
        .where('organization_id', '=', organizationId)
        .where('id', '=', id)
        .executeTakeFirst()
      return row === undefined ? null : toRecord(row)
    },

    async list(resource, organizationId) {
      const rows = await database
        .selectFrom(resource)
        .selectAll()
        .where('organization_id', '=', organizationId)
        .orderBy('created_at', 'desc')
        .limit(100)
        .execute()
      return rows.map(toRecord)
    },
  }
}

function toRecord({ id, fields, created_at, updated_at }: Selectable<Tables[Resource]>): CrmRecord {
  return { id, ...fields, createdAt: created_at, updatedAt: updated_at }
}

function differences(fields: Fields, wanted: Changes): Changes {
  const current = new Map<string, unknown>(Object.entries(fields))
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => current.get(name) !== value))
}
