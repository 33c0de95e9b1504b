import type { ApiKey } from '../model/api-key.ts'

const dayMs = 86_400_000

/** Since when a key has its present token. */
export function tokenSince({ rotatedAt, createdAt }: Pick<ApiKey, 'rotatedAt' | 'createdAt'>): Date {
  return rotatedAt ?? createdAt
}

/** When it is due to be rotated, in milliseconds since the epoch; Infinity where nobody asked to be reminded. */
export function rotationDueAt(key: Pick<ApiKey, 'rotatedAt' | 'createdAt' | 'rotateEveryDays'>): number {
  if (key.rotateEveryDays === null) return Number.POSITIVE_INFINITY
  return tokenSince(key).getTime() + key.rotateEveryDays * dayMs
}
