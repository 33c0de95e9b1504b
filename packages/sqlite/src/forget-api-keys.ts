import type { Connection } from './connection.ts'

const findEnded = `
  select id from leadhooks_api_keys indexed by leadhooks_api_keys_revoked
  where revoked_at is not null and revoked_at < ?
  union all
  select id from leadhooks_api_keys indexed by leadhooks_api_keys_by_expiry
  where expires_at is not null and revoked_at is null and expires_at < ? limit ?`

const removeUsage = `
  delete from leadhooks_api_key_usage
  where (api_key_id, "interval", starts_at, outcome, route) in (
    select api_key_id, "interval", starts_at, outcome, route from leadhooks_api_key_usage where api_key_id = ? limit ?)`

const removeFormer = `
  delete from leadhooks_api_key_tokens where hash in (
    select hash from leadhooks_api_key_tokens indexed by leadhooks_api_key_tokens_ended
    where ends_at is not null and ends_at < ? limit ?)`

const removeTokens = `delete from leadhooks_api_key_tokens where api_key_id = ?`

const removeKey = `delete from leadhooks_api_keys where id = ?`

/** Removes what has ended, as part of the transaction that is open; answers how many rows that was. */
export function forgetApiKeys(connection: Connection, endedBefore: number, limit: number): number {
  let removed = connection.run(removeFormer, endedBefore, limit).changes
  for (const { id } of connection.all<{ id: string }>(findEnded, endedBefore, endedBefore, limit)) {
    if (removed >= limit) return removed
    const counts = connection.run(removeUsage, id, limit).changes
    removed += counts
    // What is left of them comes first.
    if (counts === limit) return removed
    removed += connection.run(removeTokens, id).changes + connection.run(removeKey, id).changes
  }
  return removed
}
