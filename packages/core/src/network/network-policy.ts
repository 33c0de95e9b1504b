import { X509Certificate } from 'node:crypto'
import { type BlockList, isIP, type LookupFunction } from 'node:net'
import type { SecureContext } from 'node:tls'
import { z } from 'zod'
import { LeadhooksError } from '../errors.ts'
import { describeIssues, toIssues } from '../input.ts'
import { isCidr, isOneAddress, toRanges } from './address-ranges.ts'
import { tlsContext } from './tls-identity.ts'

/** Which addresses deliveries may go to. Everything is closed but public https until the host opens it. */
export interface NetworkOptions {
  /**
   * Allows private, loopback and link-local addresses and names such as `localhost`: for development and tests only.
   * The metadata services of clouds stay closed even then.
   * @default false
   */
  allowPrivateAddresses?: boolean
  /** Allows `http:` URLs, and with them port 80. @default false */
  allowHttp?: boolean
  /**
   * Inside ranges that are allowed all the same, as CIDRs: `['10.1.0.0/16', 'fd00:1::/64']`. No range that merely holds
   * them opens the metadata services of clouds: these must be named, as in `169.254.169.254/32`.
   * @default []
   */
  allowedCidrs?: readonly string[]
  /** The only ports that are allowed. @default 443 (80 with `allowHttp`) and 1024 up, less those of known services */
  allowedPorts?: readonly number[]
  /**
   * A proxy that deliveries go through, by CONNECT: `http://user:password@proxy.example:3128`. Names are resolved and addresses are
   * vetted here all the same; the proxy is asked for the address. @default none
   */
  proxy?: string
  /** The address of this machine that deliveries come from, where it has several. @default the system's choice */
  sourceAddress?: string
  /** @default 'TLSv1.2' */
  minTlsVersion?: 'TLSv1.2' | 'TLSv1.3'
  /** Certificates in PEM of authorities that are trusted beside the public ones. @default none */
  ca?: readonly string[]
  /**
   * Asks each URL, when a webhook is made and when its URL is changed, to prove that it wants deliveries: it is sent a challenge,
   * and nothing else before it has answered that. @default false
   */
  verifyUrls?: boolean
  /** Resolves host names, in the form of `dns.lookup`; what it answers is vetted too. For tests and own resolvers. */
  lookup?: LookupFunction
}

/** The options, checked once, in the form in which every connection asks. */
export interface NetworkPolicy {
  readonly allowPrivateAddresses: boolean
  readonly allowHttp: boolean
  /** Some inside address is open: then names that only the inside knows make sense too. */
  readonly allowsInsideNames: boolean
  readonly allowedRanges: BlockList
  /** Those of the allowed ranges that are one address. */
  readonly allowedAddresses: BlockList
  /** Undefined: the default ones. */
  readonly allowedPorts: ReadonlySet<number> | undefined
  readonly lookup: LookupFunction | undefined
  readonly proxy: URL | undefined
  readonly sourceAddress: string | undefined
  /** Undefined: the process's own. */
  readonly secureContext: SecureContext | undefined
  readonly verifyUrls: boolean
  readonly ca: readonly string[] | undefined
  readonly minTlsVersion: 'TLSv1.2' | 'TLSv1.3' | undefined
}

const cidr = z.string().refine(isCidr, {
  error: ({ input }) =>
    `${JSON.stringify(input)} is not a CIDR: write "10.1.0.0/16", or "10.1.2.3/32" for one address`,
})

const port = z.number().refine((value) => Number.isInteger(value) && value >= 1 && value <= 65_535, {
  error: ({ input }) => `${String(input)} is not a port: give whole numbers from 1 to 65535`,
})

const isFunction = (value: unknown): boolean => typeof value === 'function'

const isProxy = (value: string): boolean => {
  if (!URL.canParse(value)) return false
  const { protocol, pathname, search, username, password } = new URL(value)
  const isHttp = protocol === 'http:' || protocol === 'https:'
  return isHttp && pathname === '/' && search === '' && isDecodable(username) && isDecodable(password)
}

const isDecodable = (text: string): boolean => {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** `createSecureContext` passes over what it cannot read. */
const isCertificate = (value: string): boolean => {
  try {
    return new X509Certificate(value).raw.length > 0
  } catch {
    return false
  }
}

const pem = z
  .string()
  // It may be a key, by mistake: what was given is not shown.
  .refine(isCertificate, 'Must be a certificate in PEM: "-----BEGIN CERTIFICATE-----…"')

const networkOptions = z.strictObject({
  allowPrivateAddresses: z.boolean().default(false),
  allowHttp: z.boolean().default(false),
  allowedCidrs: z.array(cidr).default([]),
  allowedPorts: z.array(port).min(1, 'Must name a port: with none no webhook could be saved').optional(),
  // Its credentials are not shown.
  proxy: z
    .string()
    .refine(isProxy, 'Must be a URL like "http://proxy.example:3128", without a path')
    .optional(),
  sourceAddress: z
    .string()
    .refine((value) => isIP(value) !== 0, 'Must be an address of this machine: "192.0.2.1"')
    .optional(),
  minTlsVersion: z.enum(['TLSv1.2', 'TLSv1.3']).optional(),
  ca: z.array(pem).min(1).optional(),
  verifyUrls: z.boolean().default(false),
  lookup: z.custom<LookupFunction>(isFunction, 'Must be a function like dns.lookup').optional(),
})

/** Throws `invalid_options`, naming the option and the value that is wrong. */
export function resolveNetworkPolicy(options: NetworkOptions = {}): NetworkPolicy {
  const result = networkOptions.safeParse(options)
  if (!result.success) {
    const issues = toIssues(result.error, '/network')
    throw new LeadhooksError('invalid_options', `createLeadhooks: ${describeIssues(issues)}`, { issues })
  }
  const { allowPrivateAddresses, allowHttp, allowedCidrs, allowedPorts, lookup, proxy } = result.data
  return {
    allowPrivateAddresses,
    allowHttp,
    allowsInsideNames: allowPrivateAddresses || allowedCidrs.length > 0,
    allowedRanges: toRanges(allowedCidrs),
    allowedAddresses: toRanges(allowedCidrs.filter(isOneAddress)),
    allowedPorts: allowedPorts && new Set(allowedPorts),
    lookup,
    proxy: proxy === undefined ? undefined : new URL(proxy),
    sourceAddress: result.data.sourceAddress,
    secureContext: secureContextOf(result.data),
    verifyUrls: result.data.verifyUrls,
    ca: result.data.ca,
    minTlsVersion: result.data.minTlsVersion,
  }
}

/** Made once: to read a hundred and fifty certificates for each connection would take longer than to connect. */
function secureContextOf({ ca, minTlsVersion }: z.output<typeof networkOptions>): SecureContext | undefined {
  if (ca === undefined && minTlsVersion === undefined) return undefined
  return tlsContext({ ca, minTlsVersion }, { ca: [], certificate: null, privateKey: null })
}
