import type { UsageInterval } from '../model/api-key-usage.ts'

export const intervalMs: Record<UsageInterval, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** The beginning of the interval that a time falls in, in UTC. */
export function startOfInterval(interval: UsageInterval, time: number): Date {
  return new Date(time - (time % intervalMs[interval]))
}
