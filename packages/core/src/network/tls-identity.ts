import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import type { NetworkPolicy } from './network-policy.ts'

/** Whom a webhook trusts, and as whom it connects. Certificates and key are PEM. */
export interface TlsIdentity {
  /** The same for the same certificates: connections are kept apart by it. */
  id: string
  /** The authorities that its receiver may have its certificate from, in place of all others. Empty: the usual ones. */
  ca: readonly string[]
  /** Its own certificate, and those up to an authority. */
  certificate: string | null
  privateKey: string | null
}

/** Throws where OpenSSL takes none of it: a key that is too short, say. */
export function tlsContext(
  { ca, minTlsVersion }: Pick<NetworkPolicy, 'ca' | 'minTlsVersion'>,
  identity: Omit<TlsIdentity, 'id'>,
): SecureContext {
  const usual = ca === undefined ? [] : [...rootCertificates, ...ca]
  const trusted = identity.ca.length > 0 ? [...identity.ca] : usual
  return createSecureContext({
    // With none given, Node has them all in store already.
    ...(trusted.length > 0 && { ca: trusted }),
    ...(identity.certificate !== null && { cert: identity.certificate }),
    ...(identity.privateKey !== null && { key: identity.privateKey }),
    minVersion: minTlsVersion ?? 'TLSv1.2',
  })
}
