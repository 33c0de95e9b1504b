import type { RollupDialect, Steps } from '@leadhooks/sql'
import { sql } from 'kysely'

/** Whoever writes has the file to itself: there is nothing to wait for. */
function* nothing(): Steps<void> {}

export const rollupDialect: RollupDialect = {
  rowsFrom: (json) => sql`(
    select value ->> 0 as organization_id, value ->> 1 as "interval", value ->> 2 as webhook_id, value ->> 3 as event_type,
      value ->> 4 as starts_at, value ->> 5 as counts
    from json_each(${json}))`,
  deliveries: { order: ['id'], sources: [sql`(select * from leadhooks_deliveries)`] },
  beginFold: nothing,
  beginRebuild: nothing,
}
