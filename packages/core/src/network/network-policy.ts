import type { LookupFunction } from 'node:net'

/** Which addresses deliveries may go to. Everything is closed but public https until the host opens it. */
export interface NetworkOptions {
  /**
   * Allows private, loopback and link-local addresses and names such as `localhost`: for development and tests only.
   * @default false
   */
  allowPrivateAddresses?: boolean
  /** Allows `http:` URLs, and with them port 80. @default false */
  allowHttp?: boolean
  /** Inside ranges that are allowed all the same, as CIDRs: `['10.1.0.0/16', 'fd00:1::/64']`. @default [] */
  allowedCidrs?: readonly string[]
  /** The only ports that are allowed. @default 443 (80 with `allowHttp`) and 1024 up, less those of known services */
  allowedPorts?: readonly number[]
  /** Resolves host names, in the form of `dns.lookup`; what it answers is vetted all the same. For tests and own resolvers. */
  lookup?: LookupFunction
}
