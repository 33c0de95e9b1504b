import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import { LeadhooksError } from './errors.ts'

/** A key that credentials are encrypted with at rest. */
export interface EncryptionKey {
  /** Names the key in what it encrypted: `'k1'`, letters and digits. */
  id: string
  /** 32 random bytes in base64. */
  key: string | undefined
}

/**
 * Seals credentials (webhook secrets, custom headers) for storage. AES-256-GCM with a random nonce; `identity` says whose
 * credential it is and is authenticated with it, so that a sealed value copied to another row does not open there.
 */
export interface Encryption {
  seal(plaintext: string, identity: string): string
  /** How everything begins that the current key has sealed. */
  currentPrefix: string
  /** Throws `undecryptable` when the key is unknown, or the value was changed or moved. */
  open(sealed: string, identity: string): string
}

const howToMakeAKey = `Make one with: node -e "console.log(require('crypto').randomBytes(32).toString('base64'))"`

/** The first key encrypts, all of them decrypt: put a new key first and keep the old one while rows still need it. */
export function createEncryption(keys: readonly EncryptionKey[]): Encryption {
  const ring = new Map<string, KeyObject>()
  for (const { id, key } of keys) ring.set(checkKeyId(id, ring), toKeyObject(id, key))
  const [first] = ring
  if (first === undefined) {
    throw new LeadhooksError('invalid_options', `\`encryptionKeys\` needs at least one key. ${howToMakeAKey}`)
  }
  const [currentId, currentKey] = first

  const currentPrefix = `v1.${currentId}.`

  return {
    currentPrefix,
    seal(plaintext, identity) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', currentKey, nonce).setAAD(Buffer.from(identity))
      const content = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()])
      const parts = [nonce, content, cipher.getAuthTag()].map((part) => part.toString('base64url'))
      return currentPrefix + parts.join('.')
    },
    open(sealed, identity) {
      const [version, id = '', nonce = '', content = '', tag = ''] = sealed.split('.')
      const key = ring.get(id)
      if (version !== 'v1' || key === undefined) {
        throw new LeadhooksError(
          'undecryptable',
          `No encryption key "${id}": add it to \`encryptionKeys\` again`,
        )
      }
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), {
          authTagLength: 16,
        })
        decipher.setAAD(Buffer.from(identity)).setAuthTag(Buffer.from(tag, 'base64url'))
        return decipher.update(content, 'base64url', 'utf8') + decipher.final('utf8')
      } catch (cause) {
        const message = `Encryption key "${id}" does not open a credential of ${identity}: it is another key, or the row was changed`
        throw new LeadhooksError('undecryptable', message, { cause })
      }
    },
  }
}

/** The message does not repeat the id: it might be the key, in the wrong place. */
function checkKeyId(id: string, ring: ReadonlyMap<string, unknown>): string {
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(id)) {
    const rule = '1 to 32 letters, digits, "_" or "-"'
    throw new LeadhooksError('invalid_options', `The \`id\` of an encryption key must be ${rule}`)
  }
  if (!ring.has(id)) return id
  throw new LeadhooksError(
    'invalid_options',
    `Two encryption keys have the id "${id}": what one sealed, the other cannot open`,
  )
}

function toKeyObject(id: string, key: string | undefined): KeyObject {
  const bytes = Buffer.from(key ?? '', 'base64')
  if (bytes.length === 32) return createSecretKey(bytes)
  const found = key === undefined || key === '' ? 'is missing' : `has ${bytes.length} bytes`
  throw new LeadhooksError(
    'invalid_options',
    `Encryption key "${id}" ${found}: it must be 32 bytes in base64. ${howToMakeAKey}`,
  )
}
