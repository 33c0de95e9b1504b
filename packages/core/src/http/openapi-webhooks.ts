import type { EventType } from '../events/event-types.ts'
import type { JsonSchema, SchemaComponents } from './schema-components.ts'

const header = (name: string, description: string, required = true): JsonSchema => ({
  name,
  in: 'header',
  required,
  description,
  schema: { type: 'string' },
})

/** The headers of every delivery, by the name of their component. */
export const deliveryHeaders: Record<string, JsonSchema> = {
  WebhookId: header(
    'webhook-id',
    'The id of the event: the same on every attempt and replay. A batch has its own',
  ),
  WebhookTimestamp: header('webhook-timestamp', 'When this attempt was made, in seconds since 1970'),
  WebhookSignature: header('webhook-signature', '`v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64'),
  WebhookEvent: header('x-webhook-event', 'The event type; `batch` for several events'),
  WebhookAttempt: header('x-webhook-attempt', 'The number of the attempt, from 1; of a batch the highest'),
  WebhookBodySignature: header(
    'x-webhook-signature',
    'The HMAC-SHA256 of the body alone in hex, as the `bodySignature` of the webhook has it',
    false,
  ),
}

/** The `webhooks` of an OpenAPI document: what receivers get, by event type. */
export function describeDeliveries(
  eventTypes: readonly EventType[],
  components: SchemaComponents,
): Record<string, JsonSchema> {
  if (eventTypes.length === 0) return { event: { post: describeDelivery('event', 'Any event', anyBody) } }
  return Object.fromEntries(
    eventTypes.map((eventType) => [eventType.name, { post: describeEvent(eventType, components) }]),
  )
}

function describeEvent(
  { name: type, description, schema, example }: EventType,
  components: SchemaComponents,
): JsonSchema {
  const data = components.embed(`EventData.${type}`, schema)
  const body = bodySchema({ const: type }, data)
  const examples = example === null ? {} : { examples: [exampleBody(type, example)] }
  return describeDelivery(type, description ?? type, { ...body, ...examples })
}

function describeDelivery(name: string, summary: string, schema: JsonSchema): JsonSchema {
  return {
    operationId: `deliver.${name}`,
    summary,
    security: [],
    parameters: Object.keys(deliveryHeaders).map((name) => ({ $ref: `#/components/parameters/${name}` })),
    requestBody: {
      required: true,
      description: 'As a webhook of the format `leadhooks` without a mapping and batches gets it',
      content: { 'application/json': { schema } },
    },
    responses: {
      '2XX': { description: 'Delivered' },
      '410': { description: 'The webhook is switched off' },
      '429': { description: 'All its deliveries wait, as long as `Retry-After` says' },
      default: { description: 'Tried again by the retry policy of the webhook' },
    },
  }
}

function bodySchema(event: JsonSchema, data: JsonSchema): JsonSchema {
  return {
    type: 'object',
    properties: {
      id: { type: 'string' },
      event: { type: 'string', ...event },
      timestamp: { type: 'string', format: 'date-time', description: 'When the event was dispatched' },
      data,
    },
    required: ['id', 'event', 'timestamp', 'data'],
  }
}

const anyBody = bodySchema({}, {})

function exampleBody(event: string, data: unknown): JsonSchema {
  return { id: 'evt_01JGG3Q0V1E7N3Q3Y8Z5K2M4T6', event, timestamp: '2026-01-01T00:00:00.000Z', data }
}
