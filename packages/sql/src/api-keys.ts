import {
  type ApiKey,
  type ApiKeyFilter,
  apiKeyOutcomes,
  type ApiKeyStorage,
  type ApiKeyUsageCount,
  environments,
  type FoundApiKey,
  LeadhooksError,
  roles,
  type Scoped,
  usageIntervals,
} from '@leadhooks/core/storage'
import { type Expression, type RawBuilder, type SqlBool, sql as rawSql } from 'kysely'
import { withAudit } from './audit.ts'
import { behind } from './newest-first.ts'
import { fromRow, rowMapping, toChanges, toRow } from './row-mapping.ts'
import { rowsOf, type Sql, type Steps } from './sql-runner.ts'
import type { SqlDate, Tables } from './tables.ts'

const mapping = rowMapping<ApiKey>('api_keys', {
  id: 'text',
  organizationId: 'text',
  name: 'text',
  description: 'text',
  environment: environments,
  role: roles,
  permissions: 'json',
  enabled: 'boolean',
  allowedIps: 'json',
  rateLimits: 'json',
  tags: 'json',
  metadata: 'json',
  ownerId: 'text',
  rotateEveryDays: 'number',
  start: 'text',
  last4: 'text',
  createdAt: 'date',
  expiresAt: 'date',
  rotatedAt: 'date',
  graceEndsAt: 'date',
  lastUsedAt: 'date',
  lastUsedIp: 'text',
  lastUsedUserAgent: 'text',
  revokedAt: 'date',
  revokedReason: 'text',
})

const usageMapping = rowMapping<Omit<ApiKeyUsageCount, keyof Scoped>>('api_key_usage', {
  interval: usageIntervals,
  startsAt: 'date',
  outcome: apiKeyOutcomes,
  route: 'text',
  count: 'number',
})

/** All but the writing of usage, which each dialect does by a statement of its own. */
export function apiKeyStorage(sql: Sql): Omit<ApiKeyStorage, 'recordApiKeyUsage'> {
  const { db, codec, runner, lock } = sql
  const read = (row: Tables['api_keys']): ApiKey => fromRow(mapping, codec, row)
  const first = ([row]: Tables['api_keys'][]): ApiKey | null => (row === undefined ? null : read(row))

  /** The key as it is, which nobody else changes until the transaction is over. */
  function* lockKey(key: Scoped): Steps<ApiKey | null> {
    return first(yield* rowsOf(db.selectFrom('api_keys').selectAll().where(isKey(key)).modifyEnd(lock)))
  }

  return {
    async insertApiKey(apiKey, hash, audit) {
      await withAudit(sql, audit, function* (append) {
        yield* rowsOf(db.insertInto('api_keys').values(toRow(mapping, codec, apiKey)))
        yield* rowsOf(db.insertInto('api_key_tokens').values({ hash, api_key_id: apiKey.id, ends_at: null }))
        yield* append(apiKey.organizationId, null, apiKey)
      })
    },

    async findApiKeyByHash(hashes) {
      const query = db
        .selectFrom('api_key_tokens as token')
        .innerJoin('api_keys', 'api_keys.id', 'token.api_key_id')
        .selectAll('api_keys')
        .select(['token.hash', 'token.ends_at as token_ends_at'])
        .where('token.hash', 'in', hashes)
      const [row] = await runner.rows(query)
      if (row === undefined) return null
      const { hash, token_ends_at: endsAt } = row
      const found: FoundApiKey = {
        apiKey: read(row),
        hash,
        tokenEndsAt: endsAt === null ? null : codec.date.read(endsAt),
      }
      return found
    },

    async findApiKey(key) {
      return first(await runner.rows(db.selectFrom('api_keys').selectAll().where(isKey(key))))
    },

    async listApiKeys({ limit, after, ...filter }) {
      const query = db.selectFrom('api_keys').selectAll().where(matches(sql, filter))
      const page = query.where(behind(codec, after)).orderBy('created_at', 'desc').orderBy('id', 'desc')
      return (await runner.rows(page.limit(limit))).map(read)
    },

    async updateApiKey(key, changes, audit) {
      return withAudit(sql, audit, function* (append) {
        const before = yield* lockKey(key)
        if (before === null) return null
        // The id is set to itself, since an update has to set something and `changes` may be empty.
        const update = db.updateTable('api_keys').set({ ...toChanges(mapping, codec, changes), id: key.id })
        const after = first(yield* rowsOf(update.where(isKey(key)).returningAll()))
        yield* append(key.organizationId, before, after)
        return after
      })
    },

    async rotateApiKey(key, { hash, start, last4, rotatedAt, graceEndsAt }, audit) {
      return withAudit(sql, audit, function* (append) {
        // Its row is locked first, so that rotations of the same key come one after the other.
        const before = yield* lockKey(key)
        if (before === null || before.revokedAt !== null) return null
        const endsAt = earliest(graceEndsAt ?? rotatedAt, before.expiresAt)
        const changes = { start, last4, rotatedAt, graceEndsAt: graceEndsAt && endsAt }
        const update = db.updateTable('api_keys').set(toChanges(mapping, codec, changes))
        const after = first(yield* rowsOf(update.where(isKey(key)).returningAll()))
        const former = db.updateTable('api_key_tokens').set({ ends_at: codec.date.write(endsAt) })
        yield* rowsOf(former.where('api_key_id', '=', key.id).where('ends_at', 'is', null))
        yield* rowsOf(db.insertInto('api_key_tokens').values({ hash, api_key_id: key.id, ends_at: null }))
        yield* append(key.organizationId, before, after)
        return after
      })
    },

    async rehashToken(from, to) {
      const query = db.updateTable('api_key_tokens').set({ hash: to }).where('hash', '=', from)
      const isKept = async (): Promise<boolean> => (await runner.rows(query.returning('hash'))).length > 0
      // Whoever came first has kept it under the other hash already.
      return isKept().catch((error: unknown) => {
        if (error instanceof LeadhooksError && error.code === 'conflict') return false
        throw error
      })
    },

    async revokeApiKey(key, { revokedAt, reason }, audit) {
      return withAudit(sql, audit, function* (append) {
        const before = yield* lockKey(key)
        if (before === null || before.revokedAt !== null) return before
        const changes = toChanges(mapping, codec, { revokedAt, revokedReason: reason })
        const update = db.updateTable('api_keys').set(changes).where(isKey(key))
        const after = first(yield* rowsOf(update.returningAll()))
        yield* append(key.organizationId, before, after)
        return after
      })
    },

    async revokeApiKeys(filter, { revokedAt, reason }, audit) {
      const changes = toChanges(mapping, codec, { revokedAt, revokedReason: reason })
      const update = db.updateTable('api_keys').set(changes).where('revoked_at', 'is', null)
      return withAudit(sql, audit, function* (append) {
        const revoked = (yield* rowsOf(update.where(matches(sql, filter)).returningAll())).map(read)
        for (const after of revoked) {
          const before = { ...after, revokedAt: null, revokedReason: null }
          yield* append(filter.organizationId, before, after)
        }
        return revoked
      })
    },

    async takeApiKeyReminders({ now, expiresBefore, limit }) {
      const since = rawSql<SqlDate>`coalesce(rotated_at, created_at)`
      const dueAt = sql.daysLater(since, 'rotate_every_days')
      return {
        expiring: await remind(
          'expiry_told_for',
          rawSql`expires_at`,
          rawSql`expires_at < ${codec.date.write(expiresBefore)}`,
        ),
        rotationDue: await remind('rotation_told_for', since, rawSql`${dueAt} <= ${codec.date.write(now)}`),
      }

      async function remind(
        told: string,
        about: RawBuilder<SqlDate>,
        isDue: RawBuilder<SqlBool>,
      ): Promise<ApiKey[]> {
        const column = rawSql.ref(told)
        const isUntold = rawSql<SqlBool>`revoked_at is null and ${isDue} and (${column} is null or ${column} <> ${about})`
        const due = db.selectFrom('api_keys').select('id').where(isUntold).orderBy('id').limit(limit)
        const update = db.updateTable('api_keys').set({ [told]: about })
        return (await runner.rows(update.where('id', 'in', due).where(isUntold).returningAll())).map(read)
      }
    },

    async readApiKeyUsage({ organizationId, id, interval, from, to }) {
      const query = db
        .selectFrom('api_key_usage')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .where('api_key_id', '=', id)
        .where('interval', '=', interval)
        .where('starts_at', '>=', codec.date.write(from))
        .where('starts_at', '<', codec.date.write(to))
      const rows = await runner.rows(query.orderBy('starts_at').orderBy('outcome').orderBy('route'))
      return rows.map((row) => fromRow(usageMapping, codec, row, row.api_key_id))
    },

    async forgetApiKeyUsage({ interval, before, limit }) {
      const columns = ['api_key_id', 'interval', 'starts_at', 'outcome', 'route'] as const
      const old = db
        .selectFrom('api_key_usage')
        .select([...columns])
        .where('interval', '=', interval)
        .where('starts_at', '<', codec.date.write(before))
        .limit(limit)
      const key = rawSql`(${rawSql.join(columns.map((column) => rawSql.ref(column)))})`
      const query = db.deleteFrom('api_key_usage').where(rawSql<SqlBool>`${key} in (${old})`)
      return (await runner.rows(query.returning('route'))).length
    },
  }
}

function isKey({ organizationId, id }: Scoped): Expression<SqlBool> {
  return rawSql<SqlBool>`organization_id = ${organizationId} and id = ${id}`
}

function matches(sql: Sql, filter: ApiKeyFilter): Expression<SqlBool> {
  const { organizationId, tag, ownerId, environment, unusedSince, expiresBefore, isRevoked } = filter
  const conditions = [rawSql<SqlBool>`organization_id = ${organizationId}`]
  if (tag !== undefined) conditions.push(sql.contains('tags', tag))
  if (ownerId !== undefined) conditions.push(rawSql`owner_id = ${ownerId}`)
  if (environment !== undefined) conditions.push(rawSql`environment = ${environment}`)
  if (unusedSince !== undefined)
    conditions.push(rawSql`coalesce(last_used_at, created_at) < ${sql.codec.date.write(unusedSince)}`)
  if (expiresBefore !== undefined)
    conditions.push(rawSql`expires_at < ${sql.codec.date.write(expiresBefore)}`)
  if (isRevoked !== undefined)
    conditions.push(isRevoked ? rawSql`revoked_at is not null` : rawSql`revoked_at is null`)
  return rawSql<SqlBool>`${rawSql.join(conditions, rawSql` and `)}`
}

function earliest(time: Date, other: Date | null): Date {
  return other !== null && other < time ? other : time
}
