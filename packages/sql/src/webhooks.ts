import { bodySignatures, type StoredWebhook, type WebhookStorage } from '@leadhooks/core/storage'
import type { Codec } from './codec.ts'
import { behind } from './newest-first.ts'
import { fromRow, rowMapping, toChanges, toRow } from './row-mapping.ts'
import type { Sql } from './sql-runner.ts'
import type { Columns, Tables } from './tables.ts'

const mapping = rowMapping<StoredWebhook>('webhooks', {
  id: 'text',
  organizationId: 'text',
  name: 'text',
  description: 'text',
  url: 'text',
  eventTypes: 'json',
  headerNames: 'json',
  bodySignature: bodySignatures,
  retry: 'json',
  timeoutMs: 'number',
  concurrency: 'number',
  enabled: 'boolean',
  disabledReason: ['by_user', 'gone'],
  disabledAt: 'date',
  createdAt: 'date',
  updatedAt: 'date',
  sealedSecret: 'text',
  sealedHeaders: 'text',
  maxAgeMs: 'number',
})

/** All but `deleteWebhook`, which touches deliveries and is each dialect's own. */
export function webhookStorage({ db, codec, runner }: Sql): Omit<WebhookStorage, 'deleteWebhook'> {
  const first = ([row]: Tables['webhooks'][]): StoredWebhook | null =>
    row === undefined ? null : readWebhook(codec, row)

  return {
    async insertWebhook(webhook) {
      await runner.rows(db.insertInto('webhooks').values(toRow(mapping, codec, webhook)))
    },

    async findWebhook({ organizationId, id }) {
      const query = db.selectFrom('webhooks').selectAll()
      return first(
        await runner.rows(query.where('organization_id', '=', organizationId).where('id', '=', id)),
      )
    },

    async listWebhooks({ organizationId, limit, after }) {
      const query = db
        .selectFrom('webhooks')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .where(behind(codec, after))
      const rows = await runner.rows(query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit))
      return rows.map((row) => readWebhook(codec, row))
    },

    async updateWebhook({ organizationId, id }, changes) {
      const query = db.updateTable('webhooks').set(toChanges(mapping, codec, changes))
      const own = query.where('organization_id', '=', organizationId).where('id', '=', id)
      return first(await runner.rows(own.returningAll()))
    },
  }
}

/** The webhook that a row keeps, for claims too, which read webhooks in their own way. */
export function readWebhook(codec: Codec, row: Columns<StoredWebhook>): StoredWebhook {
  return fromRow(mapping, codec, row)
}
