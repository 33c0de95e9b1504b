import type { z } from 'zod'
import type { Context } from '../context.ts'
import { id, organizationId, parseInput } from '../input.ts'
import { type Figures, figuresOf } from './figures.ts'
import { type Period, periodInput, readPeriod } from './period.ts'
import { questionOf, readCountsBy } from './read-counts.ts'
import { besides } from './summary.ts'

/** What came of the deliveries of an event type in a period. */
export interface EventTypeAnalytics extends Period, Figures {
  eventType: string
  previous: Period & Figures
}

export const byEventTypeQuery = periodInput.extend({
  webhookId: id.optional().meta({ description: 'Of this webhook only' }),
})
const byEventTypeInput = byEventTypeQuery.extend({ organizationId })
export type ByEventTypeInput = z.input<typeof byEventTypeInput>

/** Every event type that there was anything of in the period or the one before, those with the most attempts first. */
export async function readByEventType(
  ctx: Context,
  input: ByEventTypeInput,
): Promise<{ data: EventTypeAnalytics[] }> {
  const { organizationId, webhookId, ...range } = parseInput(byEventTypeInput, input)
  const period = readPeriod(range, ctx.clock.now())
  const question = { ...questionOf({ organizationId, webhookId }), eachEventType: true }
  const counts = await readCountsBy(ctx, period, question, ({ eventType }) => eventType)
  const data = [...counts].map(([eventType, { current, previous }]) =>
    besides(period, figuresOf(current), figuresOf(previous), { eventType }),
  )
  return { data: data.sort((a, b) => b.attempts - a.attempts || (a.eventType < b.eventType ? -1 : 1)) }
}
