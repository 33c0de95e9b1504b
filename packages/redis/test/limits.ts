import type { LimitCheck } from '@leadhooks/core'

/** Ten a minute for one key. */
export const limit = (changes: Partial<LimitCheck> = {}): LimitCheck => ({
  key: 'key_1',
  name: 'minute',
  limit: 10,
  windowMs: 60_000,
  ...changes,
})
export const once = { cost: 1, group: 'acme' }
/** For what is not about being late. */
export const patient = { deadlineMs: 10_000 }
