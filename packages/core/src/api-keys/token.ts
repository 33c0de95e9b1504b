import { randomBytes } from 'node:crypto'
import { environments, type Environment } from '../model/api-key.ts'
import { crc32 } from './crc32.ts'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const randomLength = 32
const checksumLength = 6

/**
 * Makes a token: `lh_live_`, 32 random characters (190 bits), and a CRC-32 of all before it in base 62, which finds typing
 * errors and lets secret scanners tell a token from noise. It proves nothing about authenticity.
 */
export function createToken(prefix: string, environment: Environment): string {
  const unchecked = `${prefix}_${environment}_${randomCharacters(randomLength)}`
  return unchecked + checksum(unchecked)
}

/** How the tokens of an environment begin, and what the checksum has come to by then. */
interface TokenHead {
  environment: Environment
  bytes: Uint8Array
  sum: number
}

/** The characters of the token that is looked at, until the next is: one by one they are read from a text more slowly. */
const characters = Buffer.alloc(256)

/** The environment of a well-formed token; null for anything else. No hash and no I/O is spent on what is malformed. */
export function parseToken(prefix: string, token: string): Environment | null {
  const headLength = token.length - randomLength - checksumLength
  if (headLength <= 0 || token.length > characters.length) return null
  // Characters beyond Latin-1 are cut, and seem others: then the hash is none that is known.
  characters.write(token, 'latin1')
  for (const { environment, bytes, sum } of headsOf(prefix))
    if (bytes.length === headLength && startsWith(bytes))
      return hasChecksum(headLength, sum) ? environment : null
  return null
}

/** By prefix: a host has one or two. */
const knownHeads = new Map<string, readonly TokenHead[]>()

function headsOf(prefix: string): readonly TokenHead[] {
  const known = knownHeads.get(prefix)
  if (known !== undefined) return known
  const heads = environments.map((environment): TokenHead => {
    const bytes = Buffer.from(`${prefix}_${environment}_`)
    return { environment, bytes, sum: crc32(bytes, bytes.length) }
  })
  knownHeads.set(prefix, heads)
  return heads
}

function startsWith(head: Uint8Array): boolean {
  for (let i = 0; i < head.length; i++) if (characters[i] !== head[i]) return false
  return true
}

/** Whether the end of a token is the checksum of what stands before it. Numbers are compared: no text is made. */
function hasChecksum(headLength: number, headSum: number): boolean {
  const end = headLength + randomLength
  let claimed = 0
  for (let i = end; i < end + checksumLength; i++)
    claimed = claimed * 62 + (digits[characters[i] as number] as number)
  return claimed === crc32(characters, end, headLength, headSum)
}

/** The values of base 62 digits by their codes; NaN for any other, so that nothing equals what it is part of. */
const digits = new Float64Array(256).fill(Number.NaN)
for (let value = 0; value < alphabet.length; value++) digits[alphabet.charCodeAt(value)] = value

/** A regular expression for tokens, for secret scanners: it cannot check the checksum. */
export function tokenPattern(prefix: string): string {
  return `${prefix}_(?:${environments.join('|')})_[0-9A-Za-z]{${randomLength + checksumLength}}`
}

/** What of a token may be shown later. */
export function describeToken(token: string): { start: string; last4: string } {
  return { start: token.slice(0, -(randomLength + checksumLength - 4)), last4: token.slice(-4) }
}

function checksum(content: string): string {
  const bytes = Buffer.from(content)
  let rest = crc32(bytes, bytes.length)
  let text = ''
  for (let i = 0; i < checksumLength; i++, rest = Math.floor(rest / 62))
    text = alphabet.charAt(rest % 62) + text
  return text
}

function randomCharacters(length: number): string {
  let characters = ''
  while (characters.length < length) {
    // Bytes from 248 up are dropped: with them the first 8 characters would come up more often than the others.
    for (const byte of randomBytes(length)) if (byte < 248) characters += alphabet.charAt(byte % 62)
  }
  return characters.slice(0, length)
}
