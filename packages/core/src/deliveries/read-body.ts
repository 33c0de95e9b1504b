import type { Context } from '../context.ts'
import { contentTypeOf } from '../events/payload-format.ts'
import { parseInput, scoped } from '../input.ts'
import type { Scoped } from '../storage/storage.ts'
import { getDelivery } from './list-deliveries.ts'

/** The body of a delivery's requests, the same in all of them. */
export interface DeliveryBody {
  contentType: string
  body: string
}

/** What the requests of a delivery carry; null as long as none was made, and nothing was made to be sent. */
export async function readDeliveryBody(ctx: Context, input: Scoped): Promise<DeliveryBody | null> {
  const scope = parseInput(scoped, input)
  const { organizationId, attempts, eventId } = await getDelivery(ctx, scope)
  const shaped = await ctx.storage.findBody(scope)
  if (shaped === null && attempts === 0) return null
  const body = shaped?.body ?? (await ctx.storage.findEvent({ organizationId, id: eventId }))?.body
  return body === undefined ? null : { contentType: contentTypeOf(shaped && shaped.format), body }
}
