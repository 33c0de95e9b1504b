/** How many rows were removed, by what they were. */
export interface Removed {
  /** With their attempts, and what was made for them to send. */
  deliveries: number
  attempts: number
  events: number
  bulkReplays: number
  /** Rows of API keys that have ended: the keys, their tokens, the counts of their use. */
  apiKeys: number
  /** Counts of uses of keys that still work. */
  apiKeyUsage: number
  rollups: number
  /** Answers that were kept for requests with an `Idempotency-Key`. */
  requests: number
  workers: number
}

export function nothingRemoved(): Removed {
  return {
    deliveries: 0,
    attempts: 0,
    events: 0,
    bulkReplays: 0,
    apiKeys: 0,
    apiKeyUsage: 0,
    rollups: 0,
    requests: 0,
    workers: 0,
  }
}
