import type { Crm } from './open-crm.ts'

/**
 * Ends the API keys of all organizations that have expired, and answers how many. They are refused already; revoked, they are no longer
 * among those in use.
 */
export async function revokeExpiredKeys(leadhooks: Crm['leadhooks']): Promise<number> {
  let revoked = 0
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await leadhooks.organizations.list({ cursor })
    for (const { id: organizationId } of page.data) {
      const expired = { organizationId, revoked: false, expiresWithinDays: 0, limit: 100 }
      const { data } = await leadhooks.apiKeys.list(expired)
      for (const { id } of data) await leadhooks.apiKeys.revoke({ organizationId, id, reason: 'expired' })
      revoked += data.length
    }
    cursor = page.nextCursor
  }
  return revoked
}
