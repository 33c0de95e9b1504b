import type { BlockList, LookupFunction } from 'node:net'
import { z } from 'zod'
import { LeadhooksError } from '../errors.ts'
import { describeIssues, toIssues } from '../input.ts'
import { isCidr, isOneAddress, toRanges } from './address-ranges.ts'

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
}

const cidr = z.string().refine(isCidr, {
  error: ({ input }) =>
    `${JSON.stringify(input)} is not a CIDR: write "10.1.0.0/16", or "10.1.2.3/32" for one address`,
})

const port = z.number().refine((value) => Number.isInteger(value) && value >= 1 && value <= 65_535, {
  error: ({ input }) => `${String(input)} is not a port: give whole numbers from 1 to 65535`,
})

const isFunction = (value: unknown): boolean => typeof value === 'function'

const networkOptions = z.strictObject({
  allowPrivateAddresses: z.boolean().default(false),
  allowHttp: z.boolean().default(false),
  allowedCidrs: z.array(cidr).default([]),
  allowedPorts: z.array(port).min(1, 'Must name a port: with none no webhook could be saved').optional(),
  lookup: z.custom<LookupFunction>(isFunction, 'Must be a function like dns.lookup').optional(),
})

/** Throws `invalid_options`, naming the option and the value that is wrong. */
export function resolveNetworkPolicy(options: NetworkOptions = {}): NetworkPolicy {
  const result = networkOptions.safeParse(options)
  if (!result.success) {
    const issues = toIssues(result.error, '/network')
    throw new LeadhooksError('invalid_options', `createLeadhooks: ${describeIssues(issues)}`, { issues })
  }
  const { allowPrivateAddresses, allowHttp, allowedCidrs, allowedPorts, lookup } = result.data
  return {
    allowPrivateAddresses,
    allowHttp,
    allowsInsideNames: allowPrivateAddresses || allowedCidrs.length > 0,
    allowedRanges: toRanges(allowedCidrs),
    allowedAddresses: toRanges(allowedCidrs.filter(isOneAddress)),
    allowedPorts: allowedPorts && new Set(allowedPorts),
    lookup,
  }
}
