import { type ApiKey, type ApiKeyStorage, environments, roles } from '@leadhooks/core/storage'
import { behind } from './newest-first.ts'
import { fromRow, rowMapping, toChanges, toRow } from './row-mapping.ts'
import type { Sql } from './sql-runner.ts'
import type { Tables } from './tables.ts'

const mapping = rowMapping<ApiKey>('api_keys', {
  id: 'text',
  organizationId: 'text',
  name: 'text',
  description: 'text',
  environment: environments,
  role: roles,
  permissions: 'json',
  start: 'text',
  last4: 'text',
  createdAt: 'date',
  expiresAt: 'date',
  revokedAt: 'date',
  revokedReason: 'text',
})

export function apiKeyStorage({ db, codec, runner }: Sql): ApiKeyStorage {
  const first = ([row]: Tables['api_keys'][]): ApiKey | null =>
    row === undefined ? null : fromRow(mapping, codec, row)

  return {
    async insertApiKey(apiKey, hash) {
      await runner.rows(db.insertInto('api_keys').values({ ...toRow(mapping, codec, apiKey), hash }))
    },

    async findApiKeyByHash(hash) {
      return first(await runner.rows(db.selectFrom('api_keys').selectAll().where('hash', '=', hash)))
    },

    async findApiKey({ organizationId, id }) {
      const query = db.selectFrom('api_keys').selectAll()
      return first(
        await runner.rows(query.where('organization_id', '=', organizationId).where('id', '=', id)),
      )
    },

    async listApiKeys({ organizationId, limit, after }) {
      const query = db
        .selectFrom('api_keys')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .where(behind(codec, after))
      const rows = await runner.rows(query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit))
      return rows.map((row) => fromRow(mapping, codec, row))
    },

    async updateApiKey({ organizationId, id }, changes) {
      // The id is set to itself, since an update has to set something and `changes` may be empty.
      const query = db.updateTable('api_keys').set({ ...toChanges(mapping, codec, changes), id })
      const own = query.where('organization_id', '=', organizationId).where('id', '=', id)
      return first(await runner.rows(own.returningAll()))
    },

    async revokeApiKey({ organizationId, id }, { revokedAt, reason }) {
      // One statement that leaves a revoked key as it is, and answers it all the same.
      const query = db.updateTable('api_keys').set((eb) => ({
        revoked_reason: eb
          .case()
          .when('revoked_at', 'is', null)
          .then(reason)
          .else(eb.ref('revoked_reason'))
          .end(),
        revoked_at: eb.fn.coalesce('revoked_at', eb.val(codec.date.write(revokedAt))),
      }))
      const own = query.where('organization_id', '=', organizationId).where('id', '=', id)
      return first(await runner.rows(own.returningAll()))
    },
  }
}
