const dayMs = 86_400_000

/** When a secret that was made then is to be followed by another; null where that is nobody's wish. */
export function nextRotation(madeAt: Date, everyDays: number | null): Date | null {
  return everyDays === null ? null : new Date(madeAt.getTime() + everyDays * dayMs)
}
