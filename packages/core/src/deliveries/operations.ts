import type { Context } from '../context.ts'
import { LeadhooksError, notFound } from '../errors.ts'
import { parseInput, scoped } from '../input.ts'
import { operatedChange } from '../live/delivery-change.ts'
import type { Delivery } from '../model/delivery.ts'
import type { Scoped, Timed } from '../storage/storage.ts'

/** Makes a waiting delivery due now, in place of its schedule. */
export async function retryNow(ctx: Context, input: Scoped): Promise<Delivery> {
  const delivery = await operate(ctx, input, 'retryDelivery', 'it is finished; replay it to send it again')
  ctx.wake()
  return delivery
}

/** Makes a new delivery of the same event to the same webhook, tried like any other. */
export async function replay(ctx: Context, input: Scoped): Promise<Delivery> {
  const delivery = await operate(
    ctx,
    input,
    'replayDelivery',
    'its webhook was deleted, or its event redacted',
  )
  ctx.wake()
  return delivery
}

/** Ends an unfinished delivery. A request that is under way cannot be taken back. */
export async function cancel(ctx: Context, input: Scoped): Promise<Delivery> {
  const delivery = await operate(ctx, input, 'cancelDelivery', 'it is finished')
  // The next one of its ordering key may go.
  ctx.wake()
  return delivery
}

/** Marks a dead letter as dealt with by hand. */
export async function resolve(ctx: Context, input: Scoped): Promise<Delivery> {
  return operate(ctx, input, 'resolveDelivery', 'it is no dead letter')
}

type Verb = 'retryDelivery' | 'replayDelivery' | 'cancelDelivery' | 'resolveDelivery'

/** The storage decides in one step; only where it refused is the delivery looked up, to say which of two reasons it had. */
async function operate(ctx: Context, input: Scoped, verb: Verb, otherwise: string): Promise<Delivery> {
  const delivery = parseInput(scoped, input)
  const timed: Scoped & Timed = { ...delivery, now: ctx.storageTime() }
  const done = await ctx.storage[verb](timed)
  if (done !== null) {
    ctx.changes.note(done.organizationId, operatedChange(done, ctx.clock.now()))
    return done
  }
  const found = await ctx.storage.findDelivery(delivery)
  if (found === null) throw notFound('delivery', delivery.id)
  throw new LeadhooksError('conflict', `Delivery "${delivery.id}" is ${found.status}: ${otherwise}`)
}
