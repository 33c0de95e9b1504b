import type { Retention, RetentionStorage } from '@leadhooks/core/storage'
import type { Sql } from './sql-runner.ts'

type Retentions = Pick<RetentionStorage, 'listRetentions' | 'forgetBulkReplays'>

/** What is the same in both dialects; the rest is written by hand. */
export function retentionStorage({ db, codec, runner }: Sql): Retentions {
  /** By the index, however many events lie between one organization and the next. */
  async function nextOwner(afterId: string): Promise<string | undefined> {
    const next = db.selectFrom('events').select('organization_id').where('organization_id', '>', afterId)
    const [row] = await runner.rows(next.orderBy('organization_id').limit(1))
    return row?.organization_id
  }

  return {
    async listRetentions({ afterId, limit }) {
      const ids: string[] = []
      for (let id = await nextOwner(afterId); id !== undefined; id = await nextOwner(id)) {
        ids.push(id)
        if (ids.length === limit) break
      }
      if (ids.length === 0) return []
      const own = db.selectFrom('organizations').select(['id', 'retention']).where('id', 'in', ids)
      const known = new Map((await runner.rows(own)).map(({ id, retention }) => [id, retention]))
      return ids.map((organizationId) => {
        const stored = known.get(organizationId) ?? null
        return { organizationId, retention: stored === null ? null : (codec.json.read(stored) as Retention) }
      })
    },

    async forgetBulkReplays({ organizationId, finishedBefore, limit }) {
      const before = codec.date.write(finishedBefore)
      const over = db
        .selectFrom('bulk_replays')
        .select('id')
        .where('organization_id', '=', organizationId)
        .where('created_at', '<', before)
        .where('finished_at', '<', before)
        .orderBy('created_at')
        .limit(limit)
      const gone = db.deleteFrom('bulk_replays').where('id', 'in', over).returning('id')
      return (await runner.rows(gone)).length
    },
  }
}
