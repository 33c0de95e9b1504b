import { decodeVerifyingSecret, secretList, type Secrets } from './secret.ts'
import { SignatureError } from './signature-error.ts'

/** What all guards take. `Args` is what a framework hands to its handlers. */
export interface GuardOptions<Args extends unknown[]> {
  /**
   * `whsec_…` or `whpk_…`, or several; or a function that finds the secrets of whoever the request claims to come
   * from (from its path or a header, never from its body). When the function knows none it returns `[]`, which
   * answers 401.
   */
  secret: Secrets | ((...args: Args) => Secrets | Promise<Secrets>)
  /**
   * How far `webhook-timestamp` may lie in the past or in the future, in seconds; finite.
   * @default 300
   */
  toleranceSeconds?: number | undefined
  /**
   * The largest body that the guard reads, in bytes. What goes beyond is refused with `payload_too_large`.
   * @default 1_048_576, four times the largest body that Leadhooks sends
   */
  limitBytes?: number | undefined
  /**
   * The time to judge timestamps by; a number is in milliseconds.
   * @default Date.now
   */
  now?: (() => Date | number) | undefined
}

export const defaultLimitBytes = 1_048_576

/** Lets a secret that is missing or malformed stop the start of the app, not its first delivery. */
export function checkFixedSecret(secret: GuardOptions<never>['secret']): void {
  if (typeof secret !== 'function') secretList(secret).forEach(decodeVerifyingSecret)
}

export async function secretsFor<Args extends unknown[]>(
  options: GuardOptions<Args>,
  ...args: Args
): Promise<Secrets> {
  return typeof options.secret === 'function' ? options.secret(...args) : options.secret
}

export function tooLarge(limitBytes: number): SignatureError {
  return new SignatureError(
    'payload_too_large',
    `The body is larger than ${limitBytes} bytes, the limit of this route`,
  )
}
