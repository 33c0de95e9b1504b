import { z } from 'zod'
import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { eventTypeName, organizationId, parseInput, scoped } from '../input.ts'
import type { LeadhooksEvent } from '../model/event.ts'
import { type List, pageInput, readPage } from '../pages.ts'
import { findSensitivePaths } from './sensitive-fields.ts'
import { hideFields } from './sensitive-paths.ts'
import { showEvent } from './show-event.ts'

export const eventFilters = z.strictObject({ type: eventTypeName.optional() })
const listInput = pageInput.extend({ organizationId }).extend(eventFilters.shape)
export type ListEventsInput = z.input<typeof listInput>

/** Sensitive fields are hidden. */
export async function listEvents(ctx: Context, input: ListEventsInput): Promise<List<LeadhooksEvent>> {
  const { limit, cursor, ...filters } = parseInput(listInput, input)
  const page = await readPage(
    { limit, cursor },
    (page) => ctx.storage.listEvents({ ...filters, ...page }),
    showEvent,
  )
  const data: LeadhooksEvent[] = []
  // One after the other: most are of the same few types, and the first of each makes them known.
  for (const event of page.data) data.push(await withoutSensitive(ctx, event))
  return { ...page, data }
}

const getInput = scoped.extend({ showSensitive: z.boolean().default(false) })
export type GetEventInput = z.input<typeof getInput>

export async function getEvent(ctx: Context, input: GetEventInput): Promise<LeadhooksEvent> {
  const { showSensitive, ...event } = parseInput(getInput, input)
  const stored = await ctx.storage.findEvent(event)
  if (stored === null) throw notFound('event', event.id)
  const shown = showEvent(stored)
  return showSensitive ? shown : withoutSensitive(ctx, shown)
}

async function withoutSensitive(ctx: Context, event: LeadhooksEvent): Promise<LeadhooksEvent> {
  return { ...event, data: hideFields(event.data, await findSensitivePaths(ctx, event)) }
}
