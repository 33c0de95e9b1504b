import {
  authenticationTypes,
  bodySignatures,
  circuitStates,
  disabledReasons,
  payloadFormats,
  type StoredWebhook,
  verificationStates,
  waitReasons,
  type WebhookChanges,
  type WebhookStorage,
} from '@leadhooks/core/storage'
import { withAudit } from './audit.ts'
import type { Codec } from './codec.ts'
import { behind } from './newest-first.ts'
import { fromRow, rowMapping, toChanges, toRow } from './row-mapping.ts'
import { rowsOf, type Sql } from './sql-runner.ts'
import type { Columns, Tables } from './tables.ts'

const sealedColumns = [
  'sealed_secret',
  'sealed_previous_secret',
  'sealed_private_key',
  'sealed_previous_private_key',
  'sealed_headers',
  'sealed_authentication',
  'sealed_tls',
] as const

const mapping = rowMapping<StoredWebhook>('webhooks', {
  id: 'text',
  organizationId: 'text',
  name: 'text',
  description: 'text',
  url: 'text',
  eventTypes: 'json',
  channels: 'json',
  filter: 'json',
  format: payloadFormats,
  mapping: 'json',
  headerNames: 'json',
  bodySignature: bodySignatures,
  retry: 'json',
  timeoutMs: 'number',
  concurrency: 'number',
  throttle: 'json',
  ordered: 'boolean',
  traceContext: 'boolean',
  batch: 'json',
  maintenance: 'json',
  authenticationType: authenticationTypes,
  tlsCertificates: 'json',
  circuit: 'json',
  autoDisable: 'json',
  circuitState: circuitStates,
  waitsUntil: 'date',
  waitsFor: waitReasons,
  rotateSecretEveryDays: 'number',
  rotateSecretAt: 'date',
  secretRotatedAt: 'date',
  publicKey: 'text',
  previousSecretEndsAt: 'date',
  verification: verificationStates,
  verifiedAt: 'date',
  enabled: 'boolean',
  disabledReason: disabledReasons,
  disabledAt: 'date',
  createdAt: 'date',
  updatedAt: 'date',
  sealedSecret: 'text',
  sealedPreviousSecret: 'text',
  sealedPrivateKey: 'text',
  previousPublicKey: 'text',
  sealedPreviousPrivateKey: 'text',
  sealedHeaders: 'text',
  sealedAuthentication: 'text',
  sealedTls: 'text',
  organizationMaintenance: 'json',
  maxAgeMs: 'number',
  health: 'json',
})

/** All but what touches deliveries, or is done for them again and again: that is each dialect's own. */
export function webhookStorage(sql: Sql): Omit<WebhookStorage, 'deleteWebhook' | 'drawFromThrottles'> {
  const { db, codec, runner } = sql
  const first = ([row]: Tables['webhooks'][]): StoredWebhook | null =>
    row === undefined ? null : readWebhook(codec, row)

  return {
    async insertWebhook(webhook, audit) {
      await withAudit(sql, audit, function* (append) {
        const { organizationId } = webhook
        yield* rowsOf(sql.lockOrganization(organizationId))
        const windows = db.selectFrom('organizations').select('maintenance').where('id', '=', organizationId)
        const [organization] = yield* rowsOf(windows)
        const row = toRow(mapping, codec, webhook)
        if (organization !== undefined) row.organization_maintenance = organization.maintenance
        yield* rowsOf(db.insertInto('webhooks').values(row))
        yield* append(organizationId, null, webhook)
      })
    },

    async findWebhook({ organizationId, id }) {
      const query = db.selectFrom('webhooks').selectAll()
      return first(
        await runner.rows(query.where('organization_id', '=', organizationId).where('id', '=', id)),
      )
    },

    async findPublicKeys(id) {
      const query = db.selectFrom('webhooks').selectAll().where('id', '=', id)
      const webhook = first(await runner.rows(query.where('public_key', 'is not', null)))
      if (webhook === null) return null
      const { publicKey, previousPublicKey, previousSecretEndsAt } = webhook
      return { publicKey, previousPublicKey, previousSecretEndsAt }
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

    async updateWebhook({ organizationId, id }, changes, audit) {
      const update = (wanted: WebhookChanges) =>
        db
          .updateTable('webhooks')
          .set(toChanges(mapping, codec, wanted))
          .where('organization_id', '=', organizationId)
          .where('id', '=', id)
          .returningAll()
      if (audit === undefined && typeof changes !== 'function')
        return first(await runner.rows(update(changes)))
      const current = db.selectFrom('webhooks').selectAll().where('organization_id', '=', organizationId)
      return withAudit(sql, audit, function* (append) {
        const before = first(yield* rowsOf(current.where('id', '=', id).modifyEnd(sql.lock)))
        if (before === null) return null
        const wanted = typeof changes === 'function' ? changes(before) : changes
        if (wanted === null) return before
        const after = first(yield* rowsOf(update(wanted)))
        yield* append(organizationId, before, after)
        return after
      })
    },

    async findSecretsToRotate({ by, limit }) {
      const due = db.selectFrom('webhooks').selectAll().where('rotate_secret_at', '<=', codec.date.write(by))
      const rows = await runner.rows(due.orderBy('rotate_secret_at').limit(limit))
      return rows.map((row) => readWebhook(codec, row))
    },

    async findSealedOtherwise({ prefix, afterId, limit }) {
      const others = db
        .selectFrom('webhooks')
        .selectAll()
        .where('id', '>', afterId)
        .where((eb) =>
          eb.or(
            sealedColumns.map((column) =>
              eb(eb.fn<string>('substr', [column, eb.val(1), eb.val(prefix.length)]), '<>', prefix),
            ),
          ),
        )
      const rows = await runner.rows(others.orderBy('id').limit(limit))
      return rows.map((row) => readWebhook(codec, row))
    },
  }
}

/** The webhook that a row keeps, for claims too, which read webhooks in their own way. */
export function readWebhook(codec: Codec, row: Columns<StoredWebhook>): StoredWebhook {
  return fromRow(mapping, codec, row)
}
