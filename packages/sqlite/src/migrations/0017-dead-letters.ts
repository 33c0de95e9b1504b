import type { Migration } from '@leadhooks/sql'

export const deadLetters: Migration = {
  version: 17,
  name: 'dead-letters',
  mode: 'transactional',
  locks: 'The file, for writing, for about a second for each million deliveries that did not end delivered.',
  statements: [
    // How many there are, however many deliveries are finished.
    `create index leadhooks_given_up on leadhooks_deliveries (organization_id, id)
      where status = 'dead_letter' and resolved_at is null`,
  ],
}
