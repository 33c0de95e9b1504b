import { z } from 'zod'
import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { eventTypeName, organizationId, parseInput, scoped } from '../input.ts'
import type { LeadhooksEvent } from '../model/event.ts'
import { type List, pageInput, readPage } from '../pages.ts'
import type { Scoped } from '../storage/storage.ts'
import { showEvent } from './show-event.ts'

export const eventFilters = z.strictObject({ type: eventTypeName.optional() })
const listInput = pageInput.extend({ organizationId }).extend(eventFilters.shape)
export type ListEventsInput = z.input<typeof listInput>

export async function listEvents(ctx: Context, input: ListEventsInput): Promise<List<LeadhooksEvent>> {
  const { limit, cursor, ...filters } = parseInput(listInput, input)
  return readPage({ limit, cursor }, (page) => ctx.storage.listEvents({ ...filters, ...page }), showEvent)
}

export async function getEvent(ctx: Context, input: Scoped): Promise<LeadhooksEvent> {
  const event = parseInput(scoped, input)
  const stored = await ctx.storage.findEvent(event)
  if (stored === null) throw notFound('event', event.id)
  return showEvent(stored)
}
