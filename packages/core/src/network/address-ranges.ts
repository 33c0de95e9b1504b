import { BlockList, isIP, isIPv4 } from 'node:net'

/** A set of addresses. (`BlockList` is only Node's name for one: what is in it may be allowed as well as blocked.) */
export function toRanges(cidrs: readonly string[]): BlockList {
  const ranges = new BlockList()
  for (const cidr of cidrs) {
    const [address = '', length] = cidr.split('/')
    ranges.addSubnet(address, Number(length), isIPv4(address) ? 'ipv4' : 'ipv6')
  }
  return ranges
}

/** `10.1.2.3/32` or `fd00:1::5/128`. */
export function isOneAddress(cidr: string): boolean {
  return cidr.endsWith(cidr.includes(':') ? '/128' : '/32')
}

/** `10.1.0.0/16` or `fd00:1::/64`. */
export function isCidr(value: string): boolean {
  const [address = '', length = '', ...rest] = value.split('/')
  if (isIP(address) === 0 || address.includes('%') || !/^\d{1,3}$/.test(length) || rest.length > 0)
    return false
  return Number(length) <= (isIPv4(address) ? 32 : 128)
}
