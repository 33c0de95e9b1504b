import type { z } from 'zod'
import { actor, auditOf } from '../audit/audit-of.ts'
import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { parseInput, scoped } from '../input.ts'
import type { LeadhooksEvent, StoredEvent } from '../model/event.ts'
import { showEvent } from './show-event.ts'

const redactInput = scoped.extend({ actor })
export type RedactEventInput = z.input<typeof redactInput>

/** Removes the data of an event, for good. That there was one, and what came of its deliveries, stays. */
export async function redactEvent(ctx: Context, input: RedactEventInput): Promise<LeadhooksEvent> {
  const { actor, organizationId, id } = parseInput(redactInput, input)
  const audit = auditOf<StoredEvent>(ctx, {
    actor,
    action: 'event.redacted',
    organizationId,
    targetType: 'event',
    targetId: id,
    show: ({ id, type, createdAt }) => ({ id, type, createdAt }),
  })
  const event = await ctx.storage.redactEvent({ organizationId, id, now: ctx.storageTime() }, audit)
  if (event === null) throw notFound('event', id)
  return showEvent(event)
}
