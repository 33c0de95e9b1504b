import type { Migration } from '@leadhooks/sql'

export const sensitiveFields: Migration = {
  version: 15,
  name: 'sensitive-fields',
  mode: 'transactional',
  locks: 'The file, for writing, for some milliseconds: a column without a rewrite.',
  statements: [`alter table leadhooks_event_types add column sensitive text not null default '[]'`],
}
