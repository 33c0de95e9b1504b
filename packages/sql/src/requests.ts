import type { KeyedRequest, RequestStorage } from '@leadhooks/core/storage'
import type { Sql } from './sql-runner.ts'

const key = ['organization_id', 'route', 'key'] as const

/** A lease and the time of an answer are kept in the same column: when it is over, either way, the key is free. */
export function requestStorage(sql: Sql): RequestStorage {
  const { db, runner } = sql
  return {
    async takeRequest({ fingerprint, holder, leaseMs, now, ...request }) {
      const lease = { fingerprint, holder, answer: null, kept_until: sql.msLater(sql.time(now), leaseMs) }
      const take = db
        .insertInto('requests')
        .values({ ...columnsOf(request), ...lease })
        .onConflict((conflict) =>
          conflict.columns(key).doUpdateSet(lease).where('requests.kept_until', '<=', sql.time(now)),
        )
      const known = db
        .selectFrom('requests')
        .select(['fingerprint', 'answer'])
        .where((where) => where.and(columnsOf(request)))
      // One that is dropped in between is neither to be taken nor there.
      for (;;) {
        const taken = await runner.rows(take.returning('holder'))
        if (taken.length > 0) return null
        const [found] = await runner.rows(known)
        if (found !== undefined) return found
      }
    },

    async answerRequest({ holder, answer, keepMs, now, ...request }) {
      const update = db
        .updateTable('requests')
        .set({ answer, kept_until: sql.msLater(sql.time(now), keepMs) })
        .where((where) => where.and({ ...columnsOf(request), holder, answer: null }))
      return (await runner.rows(update.returning('holder'))).length > 0
    },

    async dropRequest({ holder, ...request }) {
      const drop = db
        .deleteFrom('requests')
        .where((where) => where.and({ ...columnsOf(request), holder, answer: null }))
      await runner.rows(drop)
    },

    async forgetRequests({ limit, now }) {
      const over = db.selectFrom('requests').select(key).where('kept_until', '<=', sql.time(now)).limit(limit)
      const forget = db
        .deleteFrom('requests')
        .where((where) => where(where.refTuple(...key), 'in', over.$asTuple(...key)))
        .where('kept_until', '<=', sql.time(now))
      return (await runner.rows(forget.returning('holder'))).length
    },
  }
}

function columnsOf({ organizationId, route, key }: KeyedRequest) {
  return { organization_id: organizationId, route, key }
}
