import { isIPv4, isIPv6 } from 'node:net'
import { toRanges } from './address-ranges.ts'
import type { NetworkPolicy } from './network-policy.ts'

/** What `allowPrivateAddresses` opens. */
const privateRanges = toRanges([
  '10.0.0.0/8', // private use, RFC 1918
  '172.16.0.0/12', // private use, RFC 1918
  '192.168.0.0/16', // private use, RFC 1918
  '100.64.0.0/10', // behind a carrier's NAT, RFC 6598
  '127.0.0.0/8', // loopback, RFC 1122
  '169.254.0.0/16', // link-local, RFC 3927
  '::1/128', // loopback, RFC 4291
  'fc00::/7', // unique local, RFC 4193
  'fe80::/10', // link-local, RFC 4291
])

/**
 * Where clouds hand their machines credentials: a slip here would be the whole account. They stay closed where private
 * addresses are open, and inside an allowed range too (`fd00::/8` holds some), until `allowedCidrs` names the very
 * address.
 */
const metadataRanges = toRanges([
  '169.254.169.254/32', // AWS, Google, Azure, Oracle, DigitalOcean, OpenStack and others
  '169.254.170.2/32', // AWS ECS
  '169.254.170.23/32', // AWS EKS
  '169.254.0.23/32', // Tencent
  '100.100.100.200/32', // Alibaba
  '192.0.0.192/32', // Oracle, classic
  '168.63.129.16/32', // Azure's host: inside, though the address looks public
  'fd00:ec2::254/128', // AWS
  'fd00:ec2::23/128', // AWS EKS
  'fd20:ce::254/128', // Google
  'fe80::a9fe:a9fe/128', // OpenStack
])

/** Closed for good: https://www.iana.org/assignments/iana-ipv4-special-registry and what is not unicast at all. */
const reservedIPv4 = toRanges([
  '0.0.0.0/8', // this network, and with it this host, RFC 1122
  '192.0.0.0/24', // protocol assignments, RFC 6890
  '192.0.2.0/24', // documentation, RFC 5737
  '192.31.196.0/24', // AS112, RFC 7535
  '192.52.193.0/24', // multicast tunnels, RFC 7450
  '192.88.99.0/24', // 6to4 relays, RFC 7526
  '192.175.48.0/24', // AS112, RFC 7534
  '198.18.0.0/15', // benchmarks, RFC 2544
  '198.51.100.0/24', // documentation, RFC 5737
  '203.0.113.0/24', // documentation, RFC 5737
  '224.0.0.0/4', // multicast, RFC 5771
  '240.0.0.0/4', // reserved, and the broadcast address, RFC 1112
])

/** All of public IPv6 (RFC 4291); what lies outside of it is multicast, inside, or not assigned. */
const globalIPv6 = toRanges(['2000::/3'])

/** Closed for good: https://www.iana.org/assignments/iana-ipv6-special-registry */
const reservedIPv6 = toRanges([
  '2001::/23', // protocol assignments, and among them Teredo (RFC 4380), which wraps IPv4 addresses, RFC 2928
  '2001:db8::/32', // documentation, RFC 3849
  '2002::/16', // 6to4, given up, wraps IPv4 addresses, RFC 7526
  '2620:4f:8000::/48', // AS112, RFC 7534
  '3fff::/20', // documentation, RFC 9637
])

/**
 * IPv6 addresses that lead to the IPv4 address in their last 32 bits: mapped (RFC 4291), and NAT64 (RFC 6052), through
 * which networks without IPv4 reach the rest of the world.
 */
const wrappingIPv4 = toRanges(['::ffff:0:0/96', '64:ff9b::/96'])

/** ISATAP (RFC 5214): any prefix, and an interface identifier that wraps an IPv4 address. */
const isatap = /:(?:0|200)?:5efe:[0-9a-f]*:[0-9a-f]*$/

/**
 * Says whether a connection may go to an address. Public addresses are allowed, and what the host opened. Anything that
 * is not plainly an address is refused.
 */
export function isAllowedAddress(policy: NetworkPolicy, address: string): boolean {
  if (isIPv4(address)) return isAllowedIPv4(policy, address)
  // A zone (`fe80::1%eth0`) says which inside network is meant.
  if (!isIPv6(address) || address.includes('%')) return false
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  if (wrappingIPv4.check(canonical, 'ipv6')) return isAllowedIPv4(policy, lastFourBytes(canonical))
  if (isatap.test(canonical) && !isAllowedIPv4(policy, lastFourBytes(canonical))) return false
  return isAllowed(policy, canonical, 'ipv6', isPublicIPv6)
}

function isAllowedIPv4(policy: NetworkPolicy, address: string): boolean {
  return isAllowed(policy, address, 'ipv4', isPublicIPv4)
}

function isAllowed(
  policy: NetworkPolicy,
  address: string,
  family: 'ipv4' | 'ipv6',
  isPublic: (address: string) => boolean,
): boolean {
  if (metadataRanges.check(address, family)) return policy.allowedAddresses.check(address, family)
  if (policy.allowedRanges.check(address, family)) return true
  return privateRanges.check(address, family) ? policy.allowPrivateAddresses : isPublic(address)
}

const isPublicIPv4 = (address: string): boolean => !reservedIPv4.check(address, 'ipv4')

const isPublicIPv6 = (address: string): boolean =>
  globalIPv6.check(address, 'ipv6') && !reservedIPv6.check(address, 'ipv6')

/** The end of an IPv6 address as WHATWG writes it (hexadecimal groups, empty where zeros are left out) as IPv4. */
function lastFourBytes(canonical: string): string {
  const [high = 0, low = 0] = canonical
    .split(':')
    .slice(-2)
    .map((group) => Number.parseInt(group || '0', 16))
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
