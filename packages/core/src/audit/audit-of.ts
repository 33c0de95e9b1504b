import { z } from 'zod'
import type { Context } from '../context.ts'
import { newAuditId } from '../ids.ts'
import { text } from '../input.ts'
import type { Actor } from '../model/actor.ts'
import type { AuditAction, AuditTargetType } from '../model/audit-entry.ts'
import type { Audit } from '../storage/storage.ts'

/** Who acts, as every call that changes something takes it. */
export const actor = z
  .strictObject({
    type: z.enum(['api_key', 'user', 'system']),
    id: text(200),
    ip: z.string().max(100).optional(),
    userAgent: z.string().max(1000).optional(),
  })
  .default({ type: 'system', id: 'host' }) satisfies z.ZodType<Actor>

export interface Audited<Row> {
  actor: Actor
  action: AuditAction | ((before: Row | null) => AuditAction)
  organizationId: string
  targetType: AuditTargetType
  targetId: string
  /** What of a row may be written down: nothing that is secret. */
  show: (row: Row) => object
  /** Whether this is no change after all: then nothing is written. @default never */
  isNothing?: (before: Row | null) => boolean
}

/** What the storage is given to write an entry with, in the transaction of the change itself. */
export function auditOf<Row>(ctx: Context, audited: Audited<Row>): Audit<Row> {
  const { action, show, isNothing = () => false, targetId, ...who } = audited
  return {
    entry({ before, after }, head) {
      if (isNothing(before)) return null
      const now = ctx.clock.now()
      const unlinked = {
        ...who,
        id: newAuditId(now),
        createdAt: new Date(now),
        action: typeof action === 'string' ? action : action(before),
        targetId: idOf(after ?? before) ?? targetId,
        before: before && JSON.stringify(show(before)),
        after: after && JSON.stringify(show(after)),
      }
      return ctx.auditChain.link(unlinked, head)
    },
    head: (entry) => ctx.auditChain.headOf(entry),
    written: (head) => ctx.onAuditHead?.(head),
  }
}

/** Of several rows that one call changes, each names itself. */
function idOf(row: unknown): string | undefined {
  return typeof row === 'object' && row !== null && 'id' in row ? String(row.id) : undefined
}
