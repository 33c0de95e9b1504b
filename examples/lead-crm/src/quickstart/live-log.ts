import { setTimeout as wait } from 'node:timers/promises'
import { isLeadhooksError, type Observation } from '@leadhooks/core'
import { z } from 'zod'
import type { CrmLeadhooks } from '../leadhooks.ts'
import { type Happening, happening } from './narrator.ts'

const named = z.object({ name: z.string() }).catch({ name: '' })

type Dispatched = Extract<Observation, { type: 'event.dispatched' }>
type Settled = Extract<Observation, { type: 'delivery.settled' }>
type What = Omit<Happening, 'atMs' | 'eventType' | 'lead'>

export interface LiveLogOptions {
  leadhooks: () => CrmLeadhooks
  /** Whether the receiver said that it verified this event at this URL. Each time that it did is good for one answer. */
  takeVerified: (url: string, eventId: string) => boolean
}

export interface LiveLog {
  observe: (observation: Observation) => void
  /** Resolves when everything observed so far is printed. */
  printed: () => Promise<void>
}

/** Prints what Leadhooks observes, in order, each with the names that people know things by. */
export function createLiveLog({ leadhooks, takeVerified }: LiveLogOptions): LiveLog {
  let startedAt: number | undefined
  let lines = Promise.resolve()

  async function print(observation: Observation, atMs: number): Promise<void> {
    if (observation.type !== 'event.dispatched' && observation.type !== 'delivery.settled') return
    const { organizationId, eventId, eventType } = observation
    const event = await committed(async () => found(leadhooks().events.get({ organizationId, id: eventId })))
    // The transaction that would have written the event was rolled back.
    if (event === null) return
    const { name: lead } = named.parse(event.data)
    const what =
      observation.type === 'delivery.settled' ? await attemptOf(observation) : dispatchOf(observation)
    happening({ atMs, eventType, lead, ...what })
  }

  async function attemptOf(settled: Settled): Promise<What> {
    const { organizationId, webhookId, deliveryId, eventId, attempt } = settled
    const webhook = await found(leadhooks().webhooks.get({ organizationId, id: webhookId }))
    const delivery = await leadhooks().deliveries.get({ organizationId, id: deliveryId })
    const isVerified = webhook !== null && takeVerified(webhook.url, eventId)
    return {
      ...outcome(settled, isVerified, delivery.replayOf !== null),
      webhook: webhook?.name ?? (webhook === null ? 'deleted' : new URL(webhook.url).pathname),
      ...(attempt && { attempt: attempt.number, statusCode: attempt.statusCode }),
    }
  }

  return {
    observe(observation) {
      const now = performance.now()
      startedAt ??= now
      const atMs = now - startedAt
      lines = lines.then(() => print(observation, atMs))
      // What goes wrong comes out of `printed()`.
      lines.catch(() => {})
    },
    printed: () => lines,
  }
}

function dispatchOf({ deliveries }: Dispatched): What {
  return { mark: 'written', text: `saved with its lead: ${deliveries} deliveries` }
}

function outcome(
  { status, retryInMs, attempt }: Settled,
  isVerified: boolean,
  isReplay: boolean,
): Pick<Happening, 'mark' | 'text'> {
  if (status === 'delivered') {
    const text = isVerified ? 'delivered, verified' : 'delivered'
    return { mark: 'delivered', text: isReplay ? `replay ${text}` : text }
  }
  if (status === 'dead_letter') return { mark: 'deadLetter', text: 'given up: dead letter' }
  const failed = attempt?.failure === 'status' ? 'failed' : (attempt?.failure ?? 'not sent')
  return { mark: 'retrying', text: `${failed}, retry in ${(retryInMs ?? 0) / 1000} s` }
}

/** An event is observed when it is written, and on Postgres the transaction commits a moment later. Null: it did not. */
async function committed<T>(read: () => Promise<T | null>): Promise<T | null> {
  const deadline = performance.now() + 500
  for (;;) {
    const row = await read()
    if (row !== null || performance.now() > deadline) return row
    await wait(5)
  }
}

/** Null for what is not there (any more). */
async function found<T>(row: Promise<T>): Promise<T | null> {
  try {
    return await row
  } catch (error) {
    if (isLeadhooksError(error) && error.code === 'not_found') return null
    throw error
  }
}
