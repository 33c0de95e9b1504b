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

/** The environment of a well-formed token; null for anything else. No hash and no I/O is spent on what is malformed. */
export function parseToken(prefix: string, token: string): Environment | null {
  const tail = token.length - randomLength - checksumLength
  for (const environment of environments) {
    if (tail !== prefix.length + environment.length + 2 || !token.startsWith(prefix)) continue
    if (token[prefix.length] !== '_' || token[tail - 1] !== '_') continue
    if (!token.startsWith(environment, prefix.length + 1)) continue
    return hasChecksum(token) ? environment : null
  }
  return null
}

/** A regular expression for tokens, for secret scanners: it cannot check the checksum. */
export function tokenPattern(prefix: string): string {
  return `${prefix}_(?:${environments.join('|')})_[0-9A-Za-z]{${randomLength + checksumLength}}`
}

/** What of a token may be shown later. */
export function describeToken(token: string): { start: string; last4: string } {
  return { start: token.slice(0, -(randomLength + checksumLength - 4)), last4: token.slice(-4) }
}

/** Whether the end of a token is the checksum of what stands before it. Numbers are compared: no text is made. */
function hasChecksum(token: string): boolean {
  const end = token.length - checksumLength
  let claimed = 0
  for (let i = end; i < token.length; i++) claimed = claimed * 62 + digitOf(token.charCodeAt(i))
  return claimed === crc32(token, end)
}

/** The value of a base 62 digit; NaN for any other character, so that nothing equals what it is part of. */
function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  if (code >= 65 && code <= 90) return code - 55
  if (code >= 97 && code <= 122) return code - 61
  return Number.NaN
}

function checksum(content: string): string {
  let rest = crc32(content, content.length)
  let digits = ''
  for (let i = 0; i < checksumLength; i++, rest = Math.floor(rest / 62))
    digits = alphabet.charAt(rest % 62) + digits
  return digits
}

function randomCharacters(length: number): string {
  let characters = ''
  while (characters.length < length) {
    // Bytes from 248 up are dropped: with them the first 8 characters would come up more often than the others.
    for (const byte of randomBytes(length)) if (byte < 248) characters += alphabet.charAt(byte % 62)
  }
  return characters.slice(0, length)
}
