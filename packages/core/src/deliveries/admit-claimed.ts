import type { Context } from '../context.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { ClaimedDelivery } from '../storage/storage.ts'
import { admit, isGuarded } from '../webhooks/admission.ts'

export interface Admitted {
  /** To be sent. */
  sendable: readonly ClaimedDelivery[]
  /** To be given back. */
  refused: readonly ClaimedDelivery[]
}

interface Guarded {
  webhook: StoredWebhook
  wanted: number
}

/**
 * Of what a claim brought for a webhook whose circuit is open, which is throttled or in maintenance, as many go as it lets through.
 * The webhook is asked in the database, where all workers ask it; none of the others costs anything.
 */
export async function admitClaimed(
  ctx: Context,
  claimed: readonly ClaimedDelivery[],
  now: number,
): Promise<Admitted> {
  const guarded = guardedAmong(claimed, now)
  if (guarded.size === 0) return { sendable: claimed, refused: [] }
  // Side by side: each is a transaction of its own, and the whole claim waits for the last of them.
  const asked = [...guarded].map(async ([id, one]) => [id, await roomOf(ctx, one, now)] as const)
  const room = new Map<string, number>(await Promise.all(asked))
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

function guardedAmong(claimed: readonly ClaimedDelivery[], now: number): Map<string, Guarded> {
  const guarded = new Map<string, Guarded>()
  for (const { webhook } of claimed) {
    const known = guarded.get(webhook.id)
    if (known !== undefined) known.wanted++
    else if (isGuarded(webhook, now)) guarded.set(webhook.id, { webhook, wanted: 1 })
  }
  return guarded
}

async function roomOf(ctx: Context, { webhook, wanted }: Guarded, now: number): Promise<number> {
  const { leaseMs, timeoutMs } = ctx.settings.delivery
  const answerMs = leaseMs + (webhook.timeoutMs ?? timeoutMs)
  let room = 0
  await ctx.storage.updateWebhook(webhook, (current) => {
    const admission = admit(current, { wanted, now, answerMs })
    room = admission.room
    return admission.changes
  })
  return room
}
