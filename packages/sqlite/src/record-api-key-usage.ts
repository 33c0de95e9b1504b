import type { ApiKeyUsageCount, ApiKeyUse } from '@leadhooks/core/storage'
import type { Connection } from './connection.ts'

const noteUse = `
  update leadhooks_api_keys set last_used_at = ?, last_used_ip = ?, last_used_user_agent = ?
  where organization_id = ? and id = ? and (last_used_at is null or last_used_at <= ?)`

const addCount = `
  insert into leadhooks_api_key_usage (organization_id, api_key_id, "interval", starts_at, outcome, route, count)
  select organization_id, id, ?, ?, ?, ?, ? from leadhooks_api_keys where organization_id = ? and id = ?
  on conflict do update set count = count + excluded.count`

/** As part of the transaction that is open. */
export function recordApiKeyUsage(
  connection: Connection,
  uses: readonly ApiKeyUse[],
  counts: readonly ApiKeyUsageCount[],
): void {
  for (const { organizationId, id, usedAt, ip, userAgent } of uses)
    connection.run(noteUse, usedAt.getTime(), ip, userAgent, organizationId, id, usedAt.getTime())
  for (const { organizationId, id, interval, startsAt, outcome, route, count } of counts)
    connection.run(addCount, interval, startsAt.getTime(), outcome, route, count, organizationId, id)
}
