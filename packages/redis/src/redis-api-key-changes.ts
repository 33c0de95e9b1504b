import { setTimeout as wait } from 'node:timers/promises'
import type { ApiKeyChanges } from '@leadhooks/core'
import type { RedisPublisher } from './redis-client.ts'

export interface RedisApiKeyChangesOptions {
  /** An ioredis client. News are heard on a connection of their own, which is closed with Leadhooks; this one stays the host's. */
  client: RedisPublisher
  /** @default 'leadhooks:api-keys' */
  channel?: string | undefined
}

/** So often the connection is asked whether it lives; two answers missed, and nothing that is cached counts any more. */
const heartbeatMs = 300
const currentForMs = 900

/**
 * Tells all processes of changed API keys, where the storage cannot: behind a pooler that gives each transaction another
 * connection, Postgres' own notices do not arrive.
 */
export function redisApiKeyChanges(options: RedisApiKeyChangesOptions): ApiKeyChanges {
  const { client, channel = 'leadhooks:api-keys' } = options
  return {
    async publish(apiKeyId) {
      await client.publish(channel, apiKeyId)
    },

    watch(onChange) {
      const ended = new AbortController()
      let heardAt = Number.NEGATIVE_INFINITY
      // Commands that cannot be sent fail instead of waiting for a connection: then it is known that nothing is heard.
      const subscriber = client.duplicate({ enableOfflineQueue: false, maxRetriesPerRequest: 0 })
      subscriber.on('error', () => {})
      subscriber.on('message', (_, apiKeyId) => onChange(apiKeyId))
      subscriber.on('ready', () => void subscribe())

      async function subscribe(): Promise<void> {
        try {
          await subscriber.subscribe(channel)
          // What changed while nobody listened was not heard of.
          onChange(null)
          while (!ended.signal.aborted) {
            const sentAt = performance.now()
            await Promise.race([subscriber.ping(), timeOut()])
            heardAt = sentAt
            await wait(heartbeatMs, undefined, { signal: ended.signal, ref: false })
          }
        } catch {
          heardAt = Number.NEGATIVE_INFINITY
        }
      }

      async function timeOut(): Promise<never> {
        await wait(currentForMs, undefined, { signal: ended.signal, ref: false })
        throw new Error('No answer')
      }

      return {
        isCurrent: () => performance.now() - heardAt < currentForMs,
        async end() {
          ended.abort()
          subscriber.disconnect()
        },
      }
    },
  }
}
