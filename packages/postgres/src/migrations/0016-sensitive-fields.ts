import type { Migration } from '@leadhooks/sql'

export const sensitiveFields: Migration = {
  version: 16,
  name: 'sensitive-fields',
  mode: 'transactional',
  locks:
    'The table of registered event types, for some milliseconds whatever its size: a column without a rewrite.',
  statements: [`alter table leadhooks.event_types add column sensitive text not null default '[]'`],
}
