import type { Migration } from '@leadhooks/sql'

export const eventTypes: Migration = {
  version: 14,
  name: 'event-types',
  mode: 'transactional',
  locks: 'Nothing that is there before: it makes new tables.',
  statements: [
    // Those that were registered at run time; `*` stands for all organizations. Schemas are kept as they were written.
    `create table leadhooks.event_types (
      organization_id text collate "C" not null,
      name text collate "C" not null,
      description text,
      schema text not null,
      example text,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      primary key (organization_id, name)
    )`,
    // How often any of them was written, changed or deleted: whoever keeps them looks at it.
    `create table leadhooks.event_type_changes (changes integer not null)`,
    `insert into leadhooks.event_type_changes values (0)`,
  ],
}
