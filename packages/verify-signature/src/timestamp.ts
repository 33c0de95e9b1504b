import { SignatureError } from './signature-error.ts'

/**
 * Seconds since the epoch, written the one way that a decimal number is. `parseInt` would take `123abc`, `Number`
 * also `1e9`, `0x10` and ` 123`; the text itself is signed, so that a second spelling would be a second signature.
 */
export function parseTimestamp(text: string): number {
  if (/^(?:0|[1-9][0-9]{0,10})$/.test(text)) return Number(text)
  const hint = /^[1-9][0-9]{12}$/.test(text) ? '; these look like milliseconds' : ''
  throw new SignatureError(
    'invalid_timestamp',
    `webhook-timestamp must be a whole number of seconds since 1970, got ${JSON.stringify(text.slice(0, 32))}${hint}`,
  )
}

/** Refuses what was signed more than `toleranceSeconds` before or after `now`, both in whole seconds. */
export function checkTolerance(
  timestamp: number,
  now: Date | number = Date.now(),
  toleranceSeconds = 300,
): void {
  const age = Math.floor(Number(now) / 1000) - timestamp
  if (Number.isNaN(age))
    throw new SignatureError('invalid_option', '`now` must be a Date or a number of milliseconds')
  if (!(Number.isFinite(toleranceSeconds) && toleranceSeconds >= 0)) {
    throw new SignatureError(
      'invalid_option',
      `\`toleranceSeconds\` must be a finite number from 0 up, got ${String(toleranceSeconds)}`,
    )
  }
  if (age > toleranceSeconds) {
    throw new SignatureError(
      'timestamp_too_old',
      `Signed ${age} s ago, and the tolerance is ${toleranceSeconds} s: a replayed request, or a clock that is wrong`,
    )
  }
  if (-age > toleranceSeconds) {
    throw new SignatureError(
      'timestamp_too_new',
      `Signed ${-age} s in the future, and the tolerance is ${toleranceSeconds} s: is this machine's clock right?`,
    )
  }
}
