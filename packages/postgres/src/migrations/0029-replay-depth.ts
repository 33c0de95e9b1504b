import type { Migration } from '@leadhooks/sql'

/** Of the replays that are there, from the first of each chain on. */
const depths = `
  with recursive replay as (
    select id, replay_of from leadhooks.deliveries where replay_of is not null
    union all select id, replay_of from leadhooks.queue where replay_of is not null
  ), chain as (
    select id, 1 as depth from replay
      where not exists (select 1 from replay as former where former.id = replay.replay_of)
    union all select replay.id, depth + 1 from chain join replay on replay.replay_of = chain.id
  )`

export const replayDepth: Migration = {
  version: 29,
  name: 'replay-depth',
  mode: 'transactional',
  locks:
    'The queue and the finished deliveries: a column without a rewrite. They are read once, and of all rows replays alone are written.',
  statements: [
    `alter table leadhooks.queue add column replay_depth integer not null default 0`,
    `alter table leadhooks.deliveries add column replay_depth integer not null default 0`,
    ...['deliveries', 'queue'].map(
      (table) =>
        `${depths} update leadhooks.${table} as own set replay_depth = chain.depth from chain where chain.id = own.id`,
    ),
  ],
}
