import { createHmac, hkdfSync } from 'node:crypto'
import type { EncryptionKey } from '../encryption.ts'
import type { AuditEntry, AuditHead } from '../model/audit-entry.ts'

/** An entry before it has its place in the chain. */
export type UnlinkedEntry = Omit<AuditEntry, 'sequence' | 'keyId' | 'previousHash' | 'hash'>

/**
 * Links entries of an organization: each is bound to the one before it by an HMAC, so that whoever can write to the database and
 * has no key can neither change, remove, insert, reorder nor move one unnoticed.
 */
export interface AuditChain {
  link(entry: UnlinkedEntry, head: AuditHead | null): AuditEntry
  headOf(entry: AuditEntry): AuditHead
  /** Undefined where the key is not there any more. */
  hashOf(entry: AuditEntry): string | undefined
  signatureOf(head: AuditHead): string | undefined
}

/** By keys that are derived from the host's (RFC 5869): the first links, all of them verify. */
export function createAuditChain(keys: readonly EncryptionKey[]): AuditChain {
  const ring = new Map(keys.map(({ id, key }) => [id, derive(key ?? '')]))
  const [currentId = ''] = ring.keys()

  const mac = (keyId: string, content: readonly unknown[]): string | undefined => {
    const key = ring.get(keyId)
    return key && createHmac('sha256', key).update(JSON.stringify(content)).digest('base64url')
  }
  const hashOf = (entry: AuditEntry): string | undefined => mac(entry.keyId, contentOf(entry))
  const signatureOf = ({ organizationId, sequence, hash, keyId }: AuditHead): string | undefined =>
    mac(keyId, ['head', organizationId, sequence, hash])

  return {
    link(entry, head) {
      const sequence = (head?.sequence ?? 0) + 1
      const linked = { ...entry, sequence, keyId: currentId, previousHash: head?.hash ?? '', hash: '' }
      return { ...linked, hash: hashOf(linked) ?? '' }
    },
    headOf({ organizationId, sequence, hash }) {
      const head = { organizationId, sequence, hash, keyId: currentId, signature: '' }
      return { ...head, signature: signatureOf(head) ?? '' }
    },
    hashOf,
    signatureOf,
  }
}

function derive(key: string): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(key, 'base64'), '', 'leadhooks audit log', 32))
}

/** Everything that an entry says, in one order. Its JSON is kept as text, byte for byte. */
function contentOf(entry: AuditEntry): unknown[] {
  const { organizationId, sequence, id, createdAt, action, actor, targetType, targetId } = entry
  const { before, after, keyId, previousHash } = entry
  const who = [actor.type, actor.id, actor.ip ?? null, actor.userAgent ?? null]
  const what = [action, targetType, targetId, before, after]
  return ['entry', organizationId, sequence, id, createdAt.toISOString(), who, what, keyId, previousHash]
}
