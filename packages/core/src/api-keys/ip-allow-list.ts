import { isIPv4, isIPv6 } from 'node:net'
import { isCidr } from '../network/address-ranges.ts'

/** An address as eight groups of 16 bits; IPv4 as IPv6 has it (`::ffff:a.b.c.d`, RFC 4291), so that both spellings are one. */
type Groups = Uint16Array

interface Range {
  groups: Groups
  /** How many of its leading bits an address must share. */
  length: number
}

/** `203.0.113.9`, `2001:db8::1`, `10.0.0.0/8`, `2001:db8::/32`: what an entry of an allow-list may be. */
export function isAllowListEntry(entry: string): boolean {
  return isCidr(entry) || (!entry.includes('%') && (isIPv4(entry) || isIPv6(entry)))
}

/** Whether an address is in the list; an empty list holds all. Worked out once for each cached key: checks only compare. */
export function compileAllowList(entries: readonly string[]): (ip: string | undefined) => boolean {
  if (entries.length === 0) return isAnywhere
  const ranges = entries.map(toRange)
  return (ip) => {
    const groups = ip === undefined ? null : toGroups(ip)
    return groups !== null && ranges.some((range) => holds(range, groups))
  }
}

const isAnywhere = (): boolean => true

function toRange(entry: string): Range {
  const [address = '', length] = entry.split('/')
  const groups = toGroups(address)
  if (groups === null) throw new TypeError(`"${entry}" is no address`)
  const bits = isIPv4(address) ? 32 : 128
  return { groups, length: 128 - bits + (length === undefined ? bits : Number(length)) }
}

function holds({ groups, length }: Range, address: Groups): boolean {
  let rest = length
  for (let i = 0; rest > 0; i++, rest -= 16) {
    const differing = (groups[i] ?? 0) ^ (address[i] ?? 0)
    if (differing >>> Math.max(0, 16 - rest) !== 0) return false
  }
  return true
}

/** Null for what is no address. */
function toGroups(address: string): Groups | null {
  if (isIPv4(address)) return fromIPv4(address)
  // A zone (`fe80::1%eth0`) says by which of our own networks it came.
  const [plain = ''] = address.split('%')
  return isIPv6(plain) ? fromIPv6(plain) : null
}

function fromIPv4(address: string): Groups {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
  return Uint16Array.of(0, 0, 0, 0, 0, 0xffff, (a << 8) | b, (c << 8) | d)
}

function fromIPv6(address: string): Groups {
  const dotted = /\d+\.\d+\.\d+\.\d+$/.exec(address)?.[0]
  const hex = dotted === undefined ? address : address.slice(0, -dotted.length) + toHex(dotted)
  const [head = '', tail] = hex.split('::')
  const first = groupsOf(head)
  const last = tail === undefined ? [] : groupsOf(tail)
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => 0)
  return Uint16Array.from([...first, ...zeros, ...last])
}

function toHex(dotted: string): string {
  const groups = fromIPv4(dotted)
  return `${(groups[6] ?? 0).toString(16)}:${(groups[7] ?? 0).toString(16)}`
}

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}
