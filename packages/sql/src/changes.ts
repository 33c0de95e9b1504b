import type { ChangeStorage } from '@leadhooks/core/storage'
import { sql as rawSql } from 'kysely'
import { rowsOf, type Sql } from './sql-runner.ts'

/** Under which who notes changes waits for whoever does so, too. */
const lockName = 'of changes'

export function changeStorage(sql: Sql): ChangeStorage {
  const { db, codec, runner } = sql

  return {
    async watchChanges({ organizationIds, forMs, now }) {
      if (organizationIds.length === 0) return
      const until = sql.msLater(sql.time(now), forMs)
      const rows = [...organizationIds].sort().map((id) => ({ organization_id: id, watched_until: until }))
      await runner.rows(
        db
          .insertInto('change_watches')
          .values(rows)
          .onConflict((conflict) => conflict.column('organization_id').doUpdateSet({ watched_until: until })),
      )
    },

    async listWatched({ now }) {
      const watched = db.selectFrom('change_watches').select('organization_id')
      const rows = await runner.rows(watched.where('watched_until', '>', sql.time(now)))
      return rows.map((row) => row.organization_id)
    },

    async noteChanges(changes, { now }) {
      if (changes.length === 0) return
      const ids = [...new Set(changes.map(({ organizationId }) => organizationId))]
      const watched = db
        .selectFrom('change_watches')
        .select('organization_id')
        .where('organization_id', 'in', ids)
        .where('watched_until', '>', sql.time(now))
      await runner.transaction(function* () {
        const wanted = new Set((yield* rowsOf(watched)).map((row) => row.organization_id))
        const rows = changes.filter(({ organizationId }) => wanted.has(organizationId))
        if (rows.length === 0) return
        // Keys are given in the order in which they can be seen.
        yield* rowsOf(sql.lockOrganization(lockName))
        yield* rowsOf(
          db.insertInto('delivery_changes').values(
            rows.map(({ organizationId, change }) => ({
              organization_id: organizationId,
              noted_at: sql.time(now),
              change,
            })),
          ),
        )
      })
    },

    async readChanges({ after, limit }) {
      const next = db.selectFrom('delivery_changes').select(['key', 'organization_id', 'change'])
      const rows = await runner.rows(next.where('key', '>', after).orderBy('key').limit(limit))
      return rows.map(({ key, organization_id: organizationId, change }) => ({
        key,
        organizationId,
        change,
      }))
    },

    async lastChange() {
      const last = db.selectFrom('delivery_changes').select('key').orderBy('key', 'desc').limit(1)
      return (await runner.rows(last))[0]?.key ?? 0
    },

    async forgetChanges({ before, limit, now }) {
      await runner.rows(db.deleteFrom('change_watches').where('watched_until', '<=', sql.time(now)))
      const oldest = db.selectFrom('delivery_changes').select(['key', 'noted_at']).orderBy('key').limit(limit)
      const old = db
        .selectFrom(oldest.as('oldest'))
        .select('key')
        .where('noted_at', '<', codec.date.write(before))
      const gone = db
        .deleteFrom('delivery_changes')
        .where('key', 'in', old)
        .returning(rawSql`1`.as('gone'))
      return (await runner.rows(gone)).length
    },
  }
}
