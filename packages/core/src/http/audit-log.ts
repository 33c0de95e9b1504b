import { z } from 'zod'
import { auditFilters, type ShownAuditEntry } from '../audit/list-audit.ts'
import { auditActions, auditTargetTypes } from '../model/audit-entry.ts'
import { dateTime, type Json, listOf } from './answers.ts'
import { pageQuery } from './query.ts'
import { operation } from './route.ts'

const snapshot = z.record(z.string(), z.unknown()).nullable()

const auditEntry = z
  .object({
    id: z.string(),
    organizationId: z.string(),
    sequence: z.int().meta({ description: 'Counts from 1 within the organization, without gaps' }),
    createdAt: dateTime,
    action: z.enum(auditActions),
    actor: z.object({
      type: z.enum(['api_key', 'user', 'system']),
      id: z.string(),
      ip: z.string().optional(),
      userAgent: z.string().optional(),
    }),
    targetType: z.enum(auditTargetTypes),
    targetId: z.string(),
    before: snapshot.meta({ description: 'What was changed as it was, without secrets' }),
    after: snapshot,
    hash: z.string().meta({ description: 'Binds the entry to all those before it' }),
  })
  .meta({ id: 'AuditEntry' }) satisfies z.ZodType<Json<ShownAuditEntry>>

export const listAuditLog = operation({
  id: 'listAuditLog',
  query: pageQuery.extend(auditFilters.shape),
  answer: listOf(auditEntry),
  handle: ({ leadhooks, organizationId, query }) => leadhooks.audit.list({ organizationId, ...query }),
})
