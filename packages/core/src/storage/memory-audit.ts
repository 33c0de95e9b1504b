import { copy, type MemoryState, pageOf } from './memory-state.ts'
import type { Audit, AuditStorage } from './storage.ts'

/** Writes the entry of a change, if there is one to write. What throws here leaves the chain as it was. */
export function appendAudit<Row>(
  { auditEntries, auditHeads }: MemoryState,
  organizationId: string,
  audit: Audit<Row> | undefined,
  change: { before: Row | null; after: Row | null },
): void {
  const entry = audit?.entry(copy(change), copy(auditHeads.get(organizationId) ?? null)) ?? null
  if (audit === undefined || entry === null) return
  const head = audit.head(entry)
  auditEntries.push(copy(entry))
  auditHeads.set(organizationId, copy(head))
  audit.written(head)
}

export function memoryAudit(state: MemoryState): AuditStorage {
  const { auditEntries, auditHeads } = state
  return {
    async appendAudit(organizationId, audit) {
      appendAudit(state, organizationId, audit, { before: null, after: null })
    },

    async listAudit({ organizationId, action, targetId, actorId, ...page }) {
      const rows = auditEntries.filter(
        (entry) =>
          entry.organizationId === organizationId &&
          (action === undefined || entry.action === action) &&
          (targetId === undefined || entry.targetId === targetId) &&
          (actorId === undefined || entry.actor.id === actorId),
      )
      return pageOf(rows, page)
    },

    async readAudit({ organizationId, afterSequence, limit }) {
      const chain = auditEntries
        .filter((entry) => entry.organizationId === organizationId && entry.sequence > afterSequence)
        .sort((a, b) => a.sequence - b.sequence)
      return copy(chain.slice(0, limit))
    },

    async findAuditHead(organizationId) {
      return copy(auditHeads.get(organizationId) ?? null)
    },
  }
}
