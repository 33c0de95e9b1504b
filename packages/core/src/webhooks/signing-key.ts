import { generateKeyPair } from '@leadhooks/verify-signature'
import type { Encryption } from '../encryption.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import { type Owner, sealPrivateKey } from './credentials.ts'

type SigningKey = Pick<StoredWebhook, 'publicKey' | 'sealedPrivateKey'>
type SigningKeys = SigningKey & Pick<StoredWebhook, 'previousPublicKey' | 'sealedPreviousPrivateKey'>

/** Of a webhook whose requests are signed with its secret alone. */
export const noSigningKeys: SigningKeys = {
  publicKey: null,
  sealedPrivateKey: null,
  previousPublicKey: null,
  sealedPreviousPrivateKey: null,
}

/** A new key, its private half sealed. */
export function newSigningKey(encryption: Encryption, owner: Owner): SigningKey {
  const { privateKey, publicKey } = generateKeyPair()
  return { publicKey, sealedPrivateKey: sealPrivateKey(encryption, owner, privateKey) }
}

/** A webhook that has a key gets another one; the former one stays beside it where there is a grace. */
export function nextSigningKeys(
  encryption: Encryption,
  { publicKey, sealedPrivateKey, ...owner }: StoredWebhook,
  hasGrace: boolean,
): SigningKeys {
  if (publicKey === null) return noSigningKeys
  return {
    ...newSigningKey(encryption, owner),
    previousPublicKey: hasGrace ? publicKey : null,
    sealedPreviousPrivateKey: hasGrace ? sealedPrivateKey : null,
  }
}
