import type { Context } from '../context.ts'
import { isLeadhooksError, LeadhooksError } from '../errors.ts'
import { type BodyParts, layOut, readBody } from '../events/payload-format.ts'
import { applyMapping } from '../events/payload-mapping.ts'
import { serializeData } from '../events/serialize-body.ts'
import type { ShapedBody } from '../model/delivery.ts'
import type { StoredEvent } from '../model/event.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { Shape, ShapeInput } from './shape.ts'
import { showWebhook } from './show-webhook.ts'

type SentEvent = Pick<StoredEvent, 'id' | 'type' | 'body'>

/** Whether something has to be made of events before they go to this webhook. */
export function isShaping({ settings }: Context, { format, mapping }: StoredWebhook): boolean {
  return format !== 'leadhooks' || mapping !== null || settings.delivery.shape !== undefined
}

/**
 * What is sent of an event to a webhook: its data, through the mapping of the webhook and then the function of the host, in the
 * webhook's format.
 *
 * Throws `payload_too_large` and `invalid_event_data` for what cannot be sent, and `shaping_failed` where the function threw or took
 * too long: that may pass.
 */
export async function shapeBody(ctx: Context, webhook: StoredWebhook, event: SentEvent): Promise<ShapedBody> {
  const { format, organizationId } = webhook
  const parts = readBody(event.id, event.body)
  const data = await shapeData(ctx, webhook, parts)
  if (data === parts.data && format === 'leadhooks') return { format, body: null }
  const { cloudEventsSource } = ctx.settings.delivery
  const source = `${cloudEventsSource}/organizations/${encodeURIComponent(organizationId)}`
  return { format, body: layOut({ ...parts, data }, { format, source }) }
}

/** Whether it would fail again, however often it is tried. */
export function isUnshapeable(error: unknown): boolean {
  return isLeadhooksError(error) && ['payload_too_large', 'invalid_event_data'].includes(error.code)
}

async function shapeData(ctx: Context, webhook: StoredWebhook, parts: BodyParts): Promise<string> {
  const { limits, delivery } = ctx.settings
  const mapped = webhook.mapping === null ? parts.data : mapData(ctx, webhook.mapping, parts)
  if (delivery.shape === undefined) return mapped
  const made = await callShape(ctx, delivery.shape, shapeInput(webhook, parts, mapped))
  return made === undefined ? mapped : serializeData(made, limits)
}

function mapData(ctx: Context, mapping: Record<string, unknown>, { data, ...event }: BodyParts): string {
  const { maxBodyBytes } = ctx.settings.limits
  const mapped = applyMapping(mapping, { ...event, data: JSON.parse(data) as unknown }, maxBodyBytes)
  const bytes = Buffer.byteLength(mapped)
  if (bytes <= maxBodyBytes) return mapped
  const message = `What the mapping makes of the event has ${bytes} bytes, the limit is ${maxBodyBytes}`
  throw new LeadhooksError('payload_too_large', message)
}

/** It is the host's to change: nothing of it is used again. */
function shapeInput(
  webhook: StoredWebhook,
  { id, type, timestamp, data }: BodyParts,
  mapped: string,
): ShapeInput {
  const { organizationId } = webhook
  const event = {
    id,
    organizationId,
    type,
    data: JSON.parse(data) as unknown,
    redacted: false,
    createdAt: new Date(timestamp),
  }
  return { event, webhook: structuredClone(showWebhook(webhook)), data: JSON.parse(mapped) as unknown }
}

/** What the host says of its failure stays in its log: a customer who sends a test must not read it. */
async function callShape({ clock, settings }: Context, shape: Shape, input: ShapeInput): Promise<unknown> {
  const { shapeTimeoutMs } = settings.delivery
  let cancel = (): void => {}
  const outOfTime = new Promise<never>((_, reject) => {
    const message = `The host's \`delivery.shape\` has taken longer than ${shapeTimeoutMs} ms`
    cancel = clock.schedule(() => reject(new LeadhooksError('shaping_failed', message)), shapeTimeoutMs)
  })
  try {
    return await Promise.race([Promise.resolve(input).then(shape), outOfTime])
  } catch (cause) {
    if (isLeadhooksError(cause) && cause.code === 'shaping_failed') throw cause
    throw new LeadhooksError('shaping_failed', "The host's `delivery.shape` threw", { cause })
  } finally {
    cancel()
  }
}
