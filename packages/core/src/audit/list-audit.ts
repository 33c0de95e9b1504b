import { z } from 'zod'
import type { Context } from '../context.ts'
import { organizationId, parseInput, text } from '../input.ts'
import type { Actor } from '../model/actor.ts'
import {
  type AuditAction,
  auditActions,
  type AuditEntry,
  type AuditTargetType,
} from '../model/audit-entry.ts'
import { type List, pageInput, readPage } from '../pages.ts'

export const auditFilters = z.strictObject({
  action: z.enum(auditActions).optional(),
  targetId: text(200).optional().meta({ description: 'What was changed' }),
  actorId: text(200).optional().meta({ description: 'Who did it' }),
})

const listInput = z.strictObject({ ...pageInput.shape, ...auditFilters.shape, organizationId })
export type ListAuditInput = z.input<typeof listInput>

/** An entry as callers see it. */
export interface ShownAuditEntry {
  id: string
  organizationId: string
  sequence: number
  createdAt: Date
  action: AuditAction
  actor: Actor
  targetType: AuditTargetType
  targetId: string
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  hash: string
}

export async function listAudit(ctx: Context, input: ListAuditInput): Promise<List<ShownAuditEntry>> {
  const { limit, cursor, ...filter } = parseInput(listInput, input)
  return readPage({ limit, cursor }, (page) => ctx.storage.listAudit({ ...filter, ...page }), show)
}

function show({
  keyId: _key,
  previousHash: _previous,
  before,
  after,
  ...entry
}: AuditEntry): ShownAuditEntry {
  return { ...entry, before: before && JSON.parse(before), after: after && JSON.parse(after) }
}
