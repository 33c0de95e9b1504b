import { compileAllowList } from '../api-keys/ip-allow-list.ts'

/**
 * Finds out where a request comes from: `X-Forwarded-For` is walked from its end, as long as the address that wrote the last
 * entry is a trusted proxy. What stands before that may have been made up by the client.
 */
export function createClientAddress(
  trustedProxies: readonly string[],
): (peer: string | undefined, forwardedFor: string | null) => string | undefined {
  if (trustedProxies.length === 0) return (peer) => peer
  const isTrusted = compileAllowList(trustedProxies)
  return (peer, forwardedFor) => {
    const hops = forwardedFor?.split(',').map((hop) => hop.trim()) ?? []
    let address = peer
    while (address !== undefined && isTrusted(address)) {
      const before = hops.pop()
      if (before === undefined || before === '') break
      address = before
    }
    return address
  }
}
