import type { Migration } from '@leadhooks/sql'

export const deadLetters: Migration = {
  version: 18,
  name: 'dead-letters',
  mode: 'transactional',
  locks:
    'The table of finished deliveries, for about a second for each million of them: results are written after that.',
  statements: [
    // How many there are, however many deliveries are finished.
    `create index deliveries_given_up on leadhooks.deliveries (organization_id, id)
      where status = 'dead_letter' and resolved_at is null`,
  ],
}
