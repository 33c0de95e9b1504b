import type { Migration } from '@leadhooks/sql'

export const organizationMaintenance: Migration = {
  version: 10,
  name: 'organization-maintenance',
  mode: 'transactional',
  locks: 'The file, for writing, for some milliseconds: columns without a rewrite.',
  statements: [
    `alter table leadhooks_organizations add column maintenance text not null default '[]'`,
    // Those of its organization, where whoever sends has them at hand.
    `alter table leadhooks_webhooks add column organization_maintenance text not null default '[]'`,
  ],
}
