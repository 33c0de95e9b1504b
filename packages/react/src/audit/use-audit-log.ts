'use client'
import type { AuditEntry } from '@leadhooks/client'
import { type Pages, usePages } from '../data/use-pages.ts'
import { useLeadhooks } from '../leadhooks-context.ts'

export interface AuditFilters {
  action?: AuditEntry['action'] | undefined
  /** What was changed, by its id. */
  targetId?: string | undefined
  /** Who did it. */
  actorId?: string | undefined
}

/** Who changed what, or looked at a secret; the newest first, a page at a time. */
export function useAuditLog({ action, targetId, actorId }: AuditFilters = {}): Pages<AuditEntry> {
  const { client } = useLeadhooks()
  const given = {
    ...(action !== undefined && { action }),
    ...(targetId !== undefined && { targetId }),
    ...(actorId !== undefined && { actorId }),
  }
  return usePages(`audit?${JSON.stringify(given)}`, (page, signal) =>
    client.auditLog.list({ ...given, limit: 25, ...page }, { signal }),
  )
}
