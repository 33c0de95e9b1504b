import { type AttemptFailure, failureSentences } from '../model/attempt-failures.ts'
import type { DialPhase } from './connection-progress.ts'

/**
 * No connection came about. `failure` and `message` are what the customer gets to see, and hold nothing of the inside: no
 * address, no path. What really happened is the `cause`.
 */
export class DialError extends Error {
  readonly failure: AttemptFailure

  constructor(failure: AttemptFailure, message: string = failureSentences[failure], cause?: unknown) {
    super(message, { cause })
    this.name = 'DialError'
    this.failure = failure
  }
}

/** One sentence for every blocked address, whatever it is and whether anything listens there: nothing is to be learned. */
export function blockedAddress(): DialError {
  return new DialError('blocked_address')
}

const connectFailures: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The receiver refused the connection: check that it is up, and the port of the URL',
  EHOSTUNREACH: 'There is no way to the receiver: check its DNS records and its network',
  ENETUNREACH: 'There is no way to the receiver: check its DNS records and its network',
  EADDRNOTAVAIL: 'The sender had no free port to connect from',
  EMFILE: 'The sender had no free socket to connect with',
  ENFILE: 'The sender had no free socket to connect with',
}

const timeouts = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT'])

const certificateFailures: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'has expired: renew it',
  CERT_NOT_YET_VALID: 'is not valid yet: check the clock of the machine that issued it',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another host name: get one for the name in the URL',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'is self-signed: get one from a public authority, or set it as `tls.ca` of the webhook',
  SELF_SIGNED_CERT_IN_CHAIN:
    'comes from a private authority: get one from a public one, or set that authority as `tls.ca` of the webhook',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'is sent without its intermediate certificates: configure the full chain',
  UNABLE_TO_GET_ISSUER_CERT: 'is sent without its intermediate certificates: configure the full chain',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'is sent without its intermediate certificates: configure the full chain',
}

/** Says for people why a socket could not be connected, by how far it had come. */
export function explainDialError(error: Error, phase: DialPhase): DialError {
  if (error instanceof DialError) return error
  const code = 'code' in error ? String(error.code) : ''
  if (timeouts.has(code)) return new DialError(`timeout_${phase}`, undefined, error)
  const refusal = connectFailures[code]
  if (refusal !== undefined) return new DialError('connect', refusal, error)
  if (phase !== 'tls') return new DialError('connect', undefined, error)
  return new DialError('tls', explainTls(code), error)
}

/** How a receiver refuses who connects, as OpenSSL calls it (RFC 8446, 6.2). */
const refusals: readonly (readonly [RegExp, string])[] = [
  [
    /ALERT_CERTIFICATE_REQUIRED$|ALERT_HANDSHAKE_FAILURE$/,
    'The receiver broke off TLS: it may ask for a client certificate, which `tls` of the webhook sets',
  ],
  [/ALERT_CERTIFICATE_EXPIRED$/, 'The receiver refused the client certificate as expired: set a new one'],
  [
    /ALERT_(BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_REVOKED|CERTIFICATE_UNKNOWN|UNKNOWN_CA|ACCESS_DENIED|DECRYPT_ERROR)$/,
    'The receiver refused the client certificate: check that it comes from an authority that the receiver trusts',
  ],
]

/** In TLS 1.3 a receiver can refuse the client after the client is done, when the request is on its way. */
export function explainTls(code: string): string {
  const [, refusal] = refusals.find(([pattern]) => pattern.test(code)) ?? []
  if (refusal !== undefined) return refusal
  const problem = certificateFailures[code]
  return problem === undefined ? failureSentences.tls : `The receiver's TLS certificate ${problem}`
}
