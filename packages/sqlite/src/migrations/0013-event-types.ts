import type { Migration } from '@leadhooks/sql'

export const eventTypes: Migration = {
  version: 13,
  name: 'event-types',
  mode: 'transactional',
  locks:
    'Makes new tables only: holds the lock for writing to the file for some milliseconds, whatever its size.',
  statements: [
    // Those that were registered at run time; `*` stands for all organizations.
    `create table leadhooks_event_types (
      organization_id text not null,
      name text not null,
      description text,
      schema text not null,
      example text,
      created_at integer not null,
      updated_at integer not null,
      primary key (organization_id, name)
    ) strict, without rowid`,
    // How often any of them was written, changed or deleted: whoever keeps them looks at it.
    `create table leadhooks_event_type_changes (changes integer not null) strict`,
    `insert into leadhooks_event_type_changes values (0)`,
  ],
}
