import { hash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { environments, type Environment } from '../model/api-key.ts'

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
  const environment = environments.find((name) => token.startsWith(`${prefix}_${name}_`))
  if (environment === undefined) return null
  const start = prefix.length + environment.length + 2
  if (token.length !== start + randomLength + checksumLength) return null
  if (!/^[0-9A-Za-z]+$/.test(token.slice(start))) return null
  return checksum(token.slice(0, -checksumLength)) === token.slice(-checksumLength) ? environment : null
}

/** What is stored of a token. It holds 190 random bits, so that a slow or salted hash would add nothing. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'hex')
}

/** What of a token may be shown later. */
export function describeToken(token: string): { start: string; last4: string } {
  return { start: token.slice(0, -(randomLength + checksumLength - 4)), last4: token.slice(-4) }
}

function checksum(content: string): string {
  let rest = crc32(content)
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
