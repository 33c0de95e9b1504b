import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { z } from 'zod'
import { LeadhooksError } from '../errors.ts'
import { isCleanText } from '../input.ts'
import type { CertificateInfo, TlsCertificates } from '../model/webhook.ts'
import type { NetworkPolicy } from '../network/network-policy.ts'
import { tlsContext, type TlsIdentity } from '../network/tls-identity.ts'

const pem = z.string().max(16_384).refine(isCleanText, 'Must not contain NUL or lone surrogates')

export const tlsSettings = z
  .strictObject({
    ca: pem.optional().meta({
      description:
        'Certificates in PEM of the authorities that the receiver may have its certificate from, in place of the public ones',
    }),
    certificate: pem.optional().meta({
      description:
        'A client certificate in PEM to show to the receiver, with those up to its authority behind it',
    }),
    privateKey: pem.optional().meta({ description: 'Its key in PEM, without a passphrase' }),
  })
  .refine(({ certificate, privateKey }) => (certificate === undefined) === (privateKey === undefined), {
    message: '`certificate` and `privateKey` go together: give both or neither',
  })
  .refine(({ ca, certificate }) => ca !== undefined || certificate !== undefined, {
    message: 'Give `ca`, or `certificate` and `privateKey`; null takes away what there is',
  })
  .meta({
    id: 'TlsSettings',
    description:
      'Whom requests trust, and as whom they connect (mTLS). Stored encrypted; only names, ends and fingerprints of the certificates are shown',
  })
export type TlsSettings = z.output<typeof tlsSettings>

type Pems = Omit<TlsIdentity, 'id'>

/** What is kept of the settings: the PEM itself, to be sealed, and what may be shown of it. */
export interface CheckedTls {
  pems: Pems
  certificates: TlsCertificates
}

const mostCertificates = 10
const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/**
 * Checks that the certificates can be read and count today, and that the key belongs to its certificate. Throws `invalid_request`,
 * which shows nothing of what was given.
 */
export function checkTls(
  network: NetworkPolicy,
  { ca, certificate, privateKey }: TlsSettings,
  now: number,
): CheckedTls {
  const authorities = ca === undefined ? [] : readCertificates('ca', ca, now)
  const chain = certificate === undefined ? [] : readCertificates('certificate', certificate, now)
  const [own] = chain
  const key = privateKey === undefined ? null : readKey(privateKey)
  if (own !== undefined && key !== null && !own.checkPrivateKey(key))
    throw refused('privateKey', 'The key belongs to another certificate than the first one of `certificate`')
  const pems: Pems = {
    ca: authorities.map(String),
    certificate: own === undefined ? null : chain.map(String).join(''),
    privateKey: key && String(key.export({ type: 'pkcs8', format: 'pem' })),
  }
  checkUsable(network, pems)
  return {
    pems,
    certificates: { ca: authorities.map(describe), client: own === undefined ? null : describe(own) },
  }
}

function readCertificates(field: string, text: string, now: number): X509Certificate[] {
  const blocks = text.match(block) ?? []
  if (blocks.length === 0)
    throw refused(field, 'No certificate was found: give PEM, "-----BEGIN CERTIFICATE-----…"')
  if (blocks.length > mostCertificates)
    throw refused(field, `There are ${blocks.length} certificates: at most ${mostCertificates} are allowed`)
  return blocks.map((text, index) => readCertificate(field, text, { index, now }))
}

function readCertificate(
  field: string,
  text: string,
  { index, now }: { index: number; now: number },
): X509Certificate {
  const which = `Certificate ${index + 1}`
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(text)
  } catch {
    throw refused(field, `${which} cannot be read: check that it was copied whole`)
  }
  const { validFrom, validTo } = certificate
  if (Date.parse(validTo) <= now)
    throw refused(field, `${which} has expired, on ${isoOf(validTo)}: give a new one`)
  if (Date.parse(validFrom) > now)
    throw refused(field, `${which} is not valid before ${isoOf(validFrom)}: set it then`)
  return certificate
}

function readKey(text: string): KeyObject {
  if (text.includes('ENCRYPTED'))
    throw refused('privateKey', 'The key is encrypted: give it without a passphrase; it is encrypted here')
  try {
    return createPrivateKey(text)
  } catch {
    throw refused('privateKey', 'The key cannot be read: give PEM, "-----BEGIN PRIVATE KEY-----…"')
  }
}

/** What can be read can still be refused by OpenSSL, for a key that is too short or a hash that is broken. */
function checkUsable(network: NetworkPolicy, pems: Pems): void {
  try {
    tlsContext(network, pems)
  } catch {
    const field = pems.certificate === null ? 'ca' : 'certificate'
    throw refused(field, 'TLS cannot be spoken with these: the key may be too short, or the hash too weak')
  }
}

function describe(certificate: X509Certificate): CertificateInfo {
  return {
    subject: certificate.subject?.replaceAll('\n', ', ').slice(0, 500) ?? '',
    expiresAt: isoOf(certificate.validTo),
    fingerprint: certificate.fingerprint256,
  }
}

const isoOf = (text: string): string => new Date(text).toISOString()

function refused(field: string, message: string): LeadhooksError {
  const issue = { pointer: `/tls/${field}`, message }
  return new LeadhooksError('invalid_request', `${issue.pointer}: ${message}`, { issues: [issue] })
}
