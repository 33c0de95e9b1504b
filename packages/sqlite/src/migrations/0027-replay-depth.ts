import type { Migration } from '@leadhooks/sql'

export const replayDepth: Migration = {
  version: 27,
  name: 'replay-depth',
  mode: 'transactional',
  locks:
    'The file, for writing: a column without a rewrite, and then of all deliveries replays alone are written.',
  statements: [
    'alter table leadhooks_deliveries add column replay_depth integer not null default 0',
    // Replays that are there, from the first of each chain on.
    `with recursive replay as (
      select id, replay_of from leadhooks_deliveries where replay_of is not null
    ), chain as (
      select id, 1 as depth from replay
      where not exists (select 1 from replay as former where former.id = replay.replay_of)
      union all select replay.id, depth + 1 from chain join replay on replay.replay_of = chain.id
    )
    update leadhooks_deliveries set replay_depth = chain.depth from chain where leadhooks_deliveries.id = chain.id`,
  ],
}
