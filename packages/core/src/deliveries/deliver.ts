import type { Context } from '../context.ts'
import { isLeadhooksError } from '../errors.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { ClaimedDelivery, Settlement } from '../storage/storage.ts'
import type { HealthSign } from '../webhooks/webhook-health.ts'
import { type Answer, askReceiver } from './ask-receiver.ts'
import { type Batch, batchMessage } from './batch.ts'
import type { DeliveryTarget } from './delivery-target.ts'
import { settlementOf, signOf, undecryptable } from './settlement-of.ts'
import type { Settled } from './shape-claimed.ts'
import { signRequest } from './sign-request.ts'

export interface DeliverOptions {
  targetOf: (webhook: StoredWebhook) => DeliveryTarget
  /** What time it is: the signature says so. */
  startedAt: number
  signal: AbortSignal
}

/** What came of an attempt: for its delivery, and for its webhook. */
export interface Delivered {
  settlement: Settlement
  sign: HealthSign | null
}

/** What came of one request: for the deliveries that were in it, and for their webhook. */
export interface BatchDelivered {
  settled: readonly Settled[]
  sign: HealthSign | null
}

/** Makes one attempt of a claimed delivery and says what came of it. Never throws for what the receiver did. */
export async function deliver(
  ctx: Context,
  claimed: ClaimedDelivery,
  { targetOf, startedAt, signal }: DeliverOptions,
): Promise<Delivered> {
  const target = openTarget(targetOf, claimed.webhook)
  if (target === null) return { settlement: undecryptable(claimed), sign: null }
  const request = signRequest(target, claimed, startedAt)
  const answer = await askReceiver(ctx, claimed, request, { target, startedAt, signal })
  const settlement = await settlementOf(ctx, claimed, answer, { batch: null, random: ctx.random })
  return { settlement, sign: signOf(answer, claimed.event.type, settlement.next) }
}

/** Makes one attempt of many deliveries by one request. What came of it holds for each of them. */
export async function deliverBatch(
  ctx: Context,
  batch: Batch,
  { targetOf, startedAt, signal }: DeliverOptions,
): Promise<BatchDelivered> {
  const { batched } = batch
  const target = openTarget(targetOf, batch.webhook)
  if (target === null) {
    const settled = batched.map((claimed) => ({ claimed, settlement: undecryptable(claimed) }))
    return { settled, sign: null }
  }
  const message = batchMessage(batch, startedAt)
  const request = signRequest(target, message, startedAt)
  const answer = await askReceiver(ctx, batch, request, { target, startedAt, signal })
  // Drawn once: those that failed together are due together again.
  const drawn = ctx.random()
  const options = { batch: { id: message.event.id, size: batched.length }, random: () => drawn }
  const settled: Settled[] = []
  // One after the other: some may have to ask the database how often they were tried.
  for (const claimed of batched)
    settled.push({ claimed, settlement: await settlementOf(ctx, claimed, answer, options) })
  return { settled, sign: signOfAll(answer, settled) }
}

/** However many deliveries were in a request, it is one sign. */
function signOfAll(answer: Answer, settled: readonly Settled[]): HealthSign | null {
  const shown = settled.find(({ settlement }) => settlement.next.status === 'retrying') ?? settled[0]
  return shown === undefined ? null : signOf(answer, shown.claimed.event.type, shown.settlement.next)
}

function openTarget(
  targetOf: (webhook: StoredWebhook) => DeliveryTarget,
  webhook: StoredWebhook,
): DeliveryTarget | null {
  try {
    return targetOf(webhook)
  } catch (error) {
    if (isLeadhooksError(error) && error.code === 'undecryptable') return null
    throw error
  }
}
