import { z } from 'zod'
import type { Context } from '../context.ts'
import { LeadhooksError } from '../errors.ts'
import { contentTypeOf } from '../events/payload-format.ts'
import { findSensitivePaths } from '../events/sensitive-fields.ts'
import { parseInput, scoped } from '../input.ts'
import { getDelivery } from './list-deliveries.ts'

/** The body of a delivery's requests, the same in all of them. */
export interface DeliveryBody {
  contentType: string
  body: string
}

const bodyInput = scoped.extend({ showSensitive: z.boolean().default(false) })
export type DeliveryBodyInput = z.input<typeof bodyInput>

/** What the requests of a delivery carry; null as long as none was made, and nothing was made to be sent. */
export async function readDeliveryBody(ctx: Context, input: DeliveryBodyInput): Promise<DeliveryBody | null> {
  const { showSensitive, ...scope } = parseInput(bodyInput, input)
  const { organizationId, attempts, eventId, eventType: type } = await getDelivery(ctx, scope)
  // A body may have been shaped: nobody knows where in it a field is.
  const isHidden = !showSensitive && (await findSensitivePaths(ctx, { organizationId, type })).length > 0
  if (isHidden) {
    const message = `Events of the type "${type}" have sensitive fields: their bodies are shown with \`read:secrets\` only`
    throw new LeadhooksError('forbidden', message)
  }
  const shaped = await ctx.storage.findBody(scope)
  if (shaped === null && attempts === 0) return null
  const body = shaped?.body ?? (await ctx.storage.findEvent({ organizationId, id: eventId }))?.body
  return body === undefined || body === ''
    ? null
    : { contentType: contentTypeOf(shaped && shaped.format), body }
}
