import { z } from 'zod'
import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { eventTypeName, id, organizationId, parseInput, scoped } from '../input.ts'
import type { Attempt } from '../model/attempt.ts'
import { type Delivery, deliveryStatuses } from '../model/delivery.ts'
import { type List, pageInput, readPage } from '../pages.ts'
import type { Scoped } from '../storage/storage.ts'

export const deliveryFilters = z
  .strictObject({ webhookId: id, eventId: id, eventType: eventTypeName, status: z.enum(deliveryStatuses) })
  .partial()
const listInput = pageInput.extend({ organizationId }).extend(deliveryFilters.shape)
export type ListDeliveriesInput = z.input<typeof listInput>

export async function listDeliveries(ctx: Context, input: ListDeliveriesInput): Promise<List<Delivery>> {
  const { limit, cursor, ...filters } = parseInput(listInput, input)
  return readPage(
    { limit, cursor },
    (page) => ctx.storage.listDeliveries({ ...filters, ...page }),
    (delivery) => delivery,
  )
}

export async function getDelivery(ctx: Context, input: Scoped): Promise<Delivery> {
  const scope = parseInput(scoped, input)
  const delivery = await ctx.storage.findDelivery(scope)
  if (delivery === null) throw notFound('delivery', scope.id)
  return delivery
}

/** Every request that was made for a delivery, the first one first. */
export async function listAttempts(ctx: Context, input: Scoped): Promise<Attempt[]> {
  const scope = parseInput(scoped, input)
  const attempts = await ctx.storage.listAttempts(scope)
  if (attempts === null) throw notFound('delivery', scope.id)
  return attempts
}
