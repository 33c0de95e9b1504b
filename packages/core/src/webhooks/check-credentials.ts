import type { Context } from '../context.ts'
import { isLeadhooksError } from '../errors.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { Diagnosis } from '../storage/storage.ts'
import { openSecret } from './credentials.ts'

/** How many webhooks are looked at, of the oldest, and of those that another key than the first has sealed. */
const lookedAt = 20

/**
 * Whether the encryption keys are those that the stored credentials were sealed with. Where they are not, each delivery that is sent
 * would be given up: a worker had better not start.
 */
export async function checkCredentials({ storage, encryption }: Context): Promise<Diagnosis> {
  const check = 'stored-credentials'
  const first = async (prefix: string): Promise<StoredWebhook[]> =>
    storage.findSealedOtherwise({ prefix, afterId: '', limit: lookedAt })
  // With the first prefix nothing begins.
  const found = [...(await first('-')), ...(await first(encryption.currentPrefix))]
  const webhooks = [...new Map(found.map((webhook) => [webhook.id, webhook])).values()]
  const shut = webhooks.filter((webhook) => !opens(encryption, webhook))
  const [example] = shut
  if (example === undefined)
    return {
      check,
      status: 'ok',
      message: `The encryption keys open the ${webhooks.length} secrets looked at`,
    }
  const [, keyId] = example.sealedSecret.split('.')
  const message = `No encryption key opens the secrets of ${shut.length} of ${webhooks.length} webhooks looked at, such as ${example.id}: what is sent to them ends as \`undecryptable\`; put the key "${keyId}" that has sealed them back into \`encryptionKeys\``
  return { check, status: shut.length === webhooks.length ? 'problem' : 'warning', message }
}

function opens(encryption: Context['encryption'], webhook: StoredWebhook): boolean {
  try {
    openSecret(encryption, webhook)
    return true
  } catch (error) {
    if (isLeadhooksError(error) && error.code === 'undecryptable') return false
    throw error
  }
}
