import { z } from 'zod'
import type { FinishedStatus, Retention } from '../model/retention.ts'

const daysKept = z
  .int('Must be a whole number of days, or false: for ever')
  .min(1, 'Must be at least 1 day; false keeps it for ever')
  .max(36_500, 'Must be at most 36500 days; false keeps it for ever')
  .or(z.literal(false))

/** What an organization may have of its own. */
export const retentionSettings = z
  .strictObject({
    days: daysKept,
    deliveredDays: daysKept,
    deadLetterDays: daysKept,
    cancelledDays: daysKept,
  })
  .partial()
  .meta({ id: 'Retention', description: 'How many days finished deliveries are kept; false: for ever' })

/** What the host may say of all. */
export const retentionOptions = retentionSettings.extend({
  days: daysKept.default(90),
  endedApiKeyDays: daysKept.default(90),
  intervalMs: z
    .int()
    .min(60_000)
    .max(7 * 86_400_000)
    .default(6 * 3_600_000),
})

export type RetentionSettings = z.output<typeof retentionOptions>

const fields = {
  delivered: 'deliveredDays',
  dead_letter: 'deadLetterDays',
  cancelled: 'cancelledDays',
} as const satisfies Record<FinishedStatus, keyof Retention>

/** Before when something has to have ended to be removed; null: it never is. */
export type EndedBefore = Record<FinishedStatus | 'others', Date | null>

/** What an organization says comes first, then what the host says of all. */
export function endedBefore(
  { retention: host }: { retention: RetentionSettings },
  own: Retention | null,
  now: number,
): EndedBefore {
  const before = (field: keyof Retention): Date | null => {
    const days = own?.[field] ?? own?.days ?? host[field] ?? host.days
    return days === false ? null : new Date(now - days * 86_400_000)
  }
  return {
    delivered: before(fields.delivered),
    dead_letter: before(fields.dead_letter),
    cancelled: before(fields.cancelled),
    others: before('days'),
  }
}
