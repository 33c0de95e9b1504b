import { LeadhooksError } from '../errors.ts'
import type { ApiKey } from '../model/api-key.ts'
import { rotationDueAt, tokenSince } from '../api-keys/rotation-due.ts'
import { copy, type MemoryState, ownRow, pageOf } from './memory-state.ts'
import { appendAudit } from './memory-audit.ts'
import type { ApiKeyFilter, ApiKeyStorage, ApiKeyUsageCount, Audit, Revocation } from './storage.ts'

export function memoryApiKeys(state: MemoryState): ApiKeyStorage {
  const { apiKeys, apiKeyTokens, apiKeyUsage, apiKeyReminders } = state

  function checkUnique(hash: string): void {
    if (apiKeyTokens.has(hash))
      throw new LeadhooksError('conflict', 'An API key with this hash exists already')
  }

  return {
    async insertApiKey(apiKey, hash, audit) {
      checkUnique(hash)
      appendAudit(state, apiKey.organizationId, audit, { before: null, after: apiKey })
      apiKeyTokens.set(hash, { apiKeyId: apiKey.id, endsAt: null })
      apiKeys.set(apiKey.id, copy(apiKey))
    },

    async findApiKeyByHash(hashes) {
      const hash = hashes.find((candidate) => apiKeyTokens.has(candidate))
      const token = hash === undefined ? undefined : apiKeyTokens.get(hash)
      const apiKey = token && apiKeys.get(token.apiKeyId)
      if (hash === undefined || apiKey === undefined) return null
      return copy({ apiKey, hash, tokenEndsAt: token?.endsAt ?? null })
    },

    async findApiKey(key) {
      return copy(ownRow(apiKeys, key))
    },

    async listApiKeys({ limit, after, ...filter }) {
      return pageOf(matching(apiKeys, filter), { limit, after })
    },

    async updateApiKey(key, changes, audit) {
      const row = ownRow(apiKeys, key)
      if (row === null) return null
      const after = { ...row, ...copy(changes) }
      appendAudit(state, key.organizationId, audit, { before: row, after })
      return copy(Object.assign(row, after))
    },

    async rotateApiKey(key, { hash, graceEndsAt, ...rotation }, audit) {
      const row = ownRow(apiKeys, key)
      if (row === null || row.revokedAt !== null) return null
      checkUnique(hash)
      const formerEndsAt = earliest(graceEndsAt ?? rotation.rotatedAt, row.expiresAt)
      const after = { ...row, ...copy({ ...rotation, graceEndsAt: graceEndsAt && formerEndsAt }) }
      appendAudit(state, key.organizationId, audit, { before: row, after })
      for (const token of apiKeyTokens.values())
        if (token.apiKeyId === row.id) token.endsAt ??= copy(formerEndsAt)
      apiKeyTokens.set(hash, { apiKeyId: row.id, endsAt: null })
      return copy(Object.assign(row, after))
    },

    async rehashToken(from, to) {
      const token = apiKeyTokens.get(from)
      if (token === undefined || apiKeyTokens.has(to)) return false
      apiKeyTokens.delete(from)
      apiKeyTokens.set(to, token)
      return true
    },

    async revokeApiKey(key, revocation, audit) {
      const row = ownRow(apiKeys, key)
      if (row !== null) revoke(state, row, revocation, audit)
      return copy(row)
    },

    async revokeApiKeys(filter, revocation, audit) {
      return matching(apiKeys, filter).flatMap((row) =>
        revoke(state, row, revocation, audit) ? [copy(row)] : [],
      )
    },

    async takeApiKeyReminders({ now, expiresBefore, limit }) {
      const take = (kind: string, isDue: (key: ApiKey) => Date | null): ApiKey[] => {
        const due = [...apiKeys.values()].filter((key) => {
          const about = key.revokedAt === null ? isDue(key) : null
          return about !== null && !apiKeyReminders.has(`${kind} ${key.id} ${about.toISOString()}`)
        })
        const taken = due.slice(0, limit)
        for (const key of taken) apiKeyReminders.add(`${kind} ${key.id} ${isDue(key)?.toISOString()}`)
        return copy(taken)
      }
      return {
        expiring: take('expiry', ({ expiresAt }) =>
          expiresAt !== null && expiresAt < expiresBefore ? expiresAt : null,
        ),
        rotationDue: take('rotation', (key) =>
          rotationDueAt(key) <= now.getTime() ? tokenSince(key) : null,
        ),
      }
    },

    async recordApiKeyUsage(uses, counts) {
      for (const { usedAt, ip, userAgent, ...key } of uses) {
        const row = ownRow(apiKeys, key)
        if (row === null || (row.lastUsedAt !== null && row.lastUsedAt > usedAt)) continue
        Object.assign(row, copy({ lastUsedAt: usedAt, lastUsedIp: ip, lastUsedUserAgent: userAgent }))
      }
      for (const count of counts) {
        if (ownRow(apiKeys, count) === null) continue
        const known = apiKeyUsage.get(bucketOf(count))
        apiKeyUsage.set(bucketOf(count), copy({ ...count, count: count.count + (known?.count ?? 0) }))
      }
    },

    async readApiKeyUsage({ organizationId, id, interval, from, to }) {
      return [...apiKeyUsage.values()]
        .filter((row) => row.organizationId === organizationId && row.id === id && row.interval === interval)
        .filter(({ startsAt }) => startsAt >= from && startsAt < to)
        .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
        .map(({ organizationId: _organization, id: _key, ...count }) => copy(count))
    },

    async forgetApiKeyUsage({ interval, before, limit }) {
      const old = [...apiKeyUsage].filter(([, row]) => row.interval === interval && row.startsAt < before)
      for (const [bucket] of old.slice(0, limit)) apiKeyUsage.delete(bucket)
      return Math.min(old.length, limit)
    },
  }
}

function matching(apiKeys: Map<string, ApiKey>, filter: ApiKeyFilter): ApiKey[] {
  const { organizationId, tag, ownerId, environment, unusedSince, expiresBefore, isRevoked } = filter
  return [...apiKeys.values()].filter(
    (key) =>
      key.organizationId === organizationId &&
      (tag === undefined || key.tags.includes(tag)) &&
      (ownerId === undefined || key.ownerId === ownerId) &&
      (environment === undefined || key.environment === environment) &&
      (unusedSince === undefined || (key.lastUsedAt ?? key.createdAt) < unusedSince) &&
      (expiresBefore === undefined || (key.expiresAt !== null && key.expiresAt < expiresBefore)) &&
      (isRevoked === undefined || (key.revokedAt !== null) === isRevoked),
  )
}

/** False where it was revoked before. */
function revoke(
  state: MemoryState,
  row: ApiKey,
  { revokedAt, reason }: Revocation,
  audit: Audit<ApiKey> | undefined,
): boolean {
  if (row.revokedAt !== null) return false
  const after = { ...row, ...copy({ revokedAt, revokedReason: reason }) }
  appendAudit(state, row.organizationId, audit, { before: row, after })
  Object.assign(row, after)
  return true
}

function earliest(time: Date, other: Date | null): Date {
  return other !== null && other < time ? other : time
}

function bucketOf({ id, interval, startsAt, outcome, route }: ApiKeyUsageCount): string {
  return JSON.stringify([id, interval, startsAt, outcome, route])
}

function sortKey({ startsAt, outcome, route }: ApiKeyUsageCount): string {
  return `${startsAt.toISOString()} ${outcome} ${route}`
}
