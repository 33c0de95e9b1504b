export const usageIntervals = ['minute', 'hour', 'day'] as const
export type UsageInterval = (typeof usageIntervals)[number]

export const apiKeyOutcomes = [
  'ok',
  'disabled',
  'revoked',
  'expired',
  'wrong_environment',
  'ip_not_allowed',
  'forbidden',
  'rate_limited',
] as const
/** What came of one use of a key that exists: it was let in, or why not. */
export type ApiKeyOutcome = (typeof apiKeyOutcomes)[number]
