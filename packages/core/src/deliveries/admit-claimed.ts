import type { Context } from '../context.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { ClaimedDelivery } from '../storage/storage.ts'
import { takeProbe } from '../webhooks/webhook-health.ts'

export interface Admitted {
  /** To be sent. */
  sendable: readonly ClaimedDelivery[]
  /** To be given back. */
  refused: readonly ClaimedDelivery[]
}

/** Of what a claim brought for a webhook whose circuit is open, one goes out as a probe, if it is time for one. */
export async function admitClaimed(
  ctx: Context,
  claimed: readonly ClaimedDelivery[],
  now: number,
): Promise<Admitted> {
  const doubtful = new Map<string, StoredWebhook>()
  for (const { webhook } of claimed) if (webhook.circuitState !== 'closed') doubtful.set(webhook.id, webhook)
  if (doubtful.size === 0) return { sendable: claimed, refused: [] }
  const room = new Map<string, number>()
  for (const webhook of doubtful.values()) room.set(webhook.id, await roomOf(ctx, webhook, now))
  const sendable: ClaimedDelivery[] = []
  const refused: ClaimedDelivery[] = []
  for (const one of claimed) {
    const left = room.get(one.webhook.id) ?? Number.POSITIVE_INFINITY
    room.set(one.webhook.id, left - 1)
    if (left > 0) sendable.push(one)
    else refused.push(one)
  }
  return { sendable, refused }
}

/** How many may go: all once the circuit is closed again, one where this is the probe, and else none. */
async function roomOf(ctx: Context, webhook: StoredWebhook, now: number): Promise<number> {
  const { leaseMs, timeoutMs } = ctx.settings.delivery
  const answerMs = leaseMs + (webhook.timeoutMs ?? timeoutMs)
  let room = 0
  await ctx.storage.updateWebhook(webhook, (current) => {
    const probe = takeProbe(current, now, answerMs)
    room = current.circuitState === 'closed' ? Number.POSITIVE_INFINITY : Number(probe !== null)
    return probe
  })
  return room
}
