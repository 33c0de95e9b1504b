import type { Migration } from '@leadhooks/sql'

export const organizationMaintenance: Migration = {
  version: 11,
  name: 'organization-maintenance',
  mode: 'transactional',
  locks:
    'The tables of organizations and webhooks, for some milliseconds whatever their size: columns without a rewrite.',
  statements: [
    `alter table leadhooks.organizations add column maintenance jsonb not null default '[]'`,
    // Those of its organization, where whoever sends has them at hand.
    `alter table leadhooks.webhooks add column organization_maintenance jsonb not null default '[]'`,
  ],
}
