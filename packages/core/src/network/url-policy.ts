import { isIPv4 } from 'node:net'
import { LeadhooksError } from '../errors.ts'
import { isAllowedAddress } from './address-policy.ts'
import type { NetworkPolicy } from './network-policy.ts'
import { isAllowedPort } from './port-policy.ts'

const maxLength = 2048

/** Names for the inside: RFC 6761, 6762 (with its appendix G), 8375, and `internal`, which ICANN set aside in 2024. */
const insideDomains = [
  'localhost',
  'local',
  'internal',
  'home.arpa',
  'localdomain',
  'lan',
  'intranet',
  'private',
  'corp',
  'home',
]

/**
 * Checks a URL that is to be saved, and returns it in its normal form. Nothing is looked up: the addresses behind a name
 * are vetted at each connection, since they can change at any time.
 *
 * Throws `url_not_allowed`, saying what is wrong and what to do about it.
 */
export function checkWebhookUrl(policy: NetworkPolicy, raw: string): string {
  const url = parse(raw)
  checkForm(policy, url)
  checkHost(policy, url.hostname)
  url.hash = ''
  if (url.href.length > maxLength) throw refused(`The URL must have at most ${maxLength} characters`)
  return url.href
}

function parse(raw: string): URL {
  if (raw.length > maxLength) throw refused(`The URL must have at most ${maxLength} characters`)
  // URL parsers drop or turn these, each in its own way: what a person read would not be what is called.
  if (/[\p{Cc}\p{Z}\\]/u.test(raw)) {
    throw refused('The URL must not contain spaces, control characters or backslashes: percent-encode them')
  }
  if (!URL.canParse(raw))
    throw refused('The URL cannot be read: give a whole one, like "https://example.com/hooks"')
  return new URL(raw)
}

function checkForm(policy: NetworkPolicy, url: URL): void {
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && policy.allowHttp)) {
    throw refused(`The URL must begin with "https://"${policy.allowHttp ? ' or "http://"' : ''}`)
  }
  if (url.username !== '' || url.password !== '') {
    throw refused('The URL must not contain a user name or password: put credentials into a custom header')
  }
  if (url.hash !== '')
    throw refused('The URL must not have a fragment: it would never reach the receiver; leave out "#…"')
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  if (!isAllowedPort(policy, port)) {
    throw refused(
      `The URL's port ${port} is not allowed: have the receiver listen on ${advisedPorts(policy)}`,
    )
  }
}

function advisedPorts({ allowedPorts, allowHttp }: NetworkPolicy): string {
  if (allowedPorts !== undefined) return [...allowedPorts].join(' or ')
  return `${allowHttp ? '443, 80' : '443'} or one from 1024 up that no known service uses`
}

/** Judges the host as the parser understood it, never as it was spelled: `0x7f.1` is `127.0.0.1` by now. */
function checkHost(policy: NetworkPolicy, hostname: string): void {
  const address = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  if (address !== hostname || isIPv4(address)) {
    if (!isAllowedAddress(policy, address)) {
      throw refused(`The URL's address ${address} is not allowed: it must be a public one`)
    }
    return
  }
  if (!isHostName(hostname)) throw refused(`The URL's host "${hostname}" is not a valid name`)
  if (!policy.allowsInsideNames && isInsideName(hostname)) {
    throw refused(`The URL's host "${hostname}" is a name of an inside network: give one that is public`)
  }
}

/** A name as DNS has them (RFC 1035), and with `_`, which some use; without a trailing dot, which only hides what it is. */
function isHostName(name: string): boolean {
  return (
    name.length <= 253 &&
    name.split('.').every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label))
  )
}

function isInsideName(name: string): boolean {
  return !name.includes('.') || insideDomains.some((domain) => name.endsWith(`.${domain}`))
}

function refused(message: string): LeadhooksError {
  return new LeadhooksError('url_not_allowed', message, { issues: [{ pointer: '/url', message }] })
}
