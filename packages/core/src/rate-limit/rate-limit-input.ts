import { z } from 'zod'
import { rateLimitAlgorithms } from '../model/rate-limit.ts'

const mostPerWindow = 1_000_000_000
const longestWindowMs = 366 * 24 * 3_600_000

export const rateLimit = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'Must be 1 to 64 lower-case letters, digits, "-" or "_"'),
    limit: z.int().min(1).max(mostPerWindow),
    windowMs: z.int().min(100).max(longestWindowMs),
    algorithm: z.enum(rateLimitAlgorithms).optional(),
    burst: z.int().min(1).max(mostPerWindow).optional(),
  })
  .refine(({ algorithm, burst }) => burst === undefined || algorithm === 'token-bucket', {
    error: 'Only a token bucket has a burst',
    path: ['burst'],
  })
  .meta({ id: 'RateLimit', description: 'At most `limit` in `windowMs` milliseconds' })

export const rateLimits = z
  .array(rateLimit)
  .max(10)
  .refine(
    (limits) => new Set(limits.map(({ name }) => name)).size === limits.length,
    'Two limits have the same name',
  )
