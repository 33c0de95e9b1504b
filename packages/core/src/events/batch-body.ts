import type { PayloadFormat } from '../model/webhook.ts'

/** What the request for many events is called where one of a single event names its type. */
export const batchType = 'batch'

/** An event of a batch, and its body as it would be sent alone. */
interface Item {
  id: string
  body: string
}

/**
 * The body of a request for many events. Each of them is in it as it would be sent alone, to the character, and with its id: in the
 * format of Standard Webhooks, where a header carries that, it is put before the rest.
 */
export function batchBody(
  format: PayloadFormat,
  { id, timestamp }: { id: string; timestamp: string },
  items: readonly Item[],
): string {
  if (format === 'cloudevents' || format === 'data') return listOf(items.map(({ body }) => body))
  if (format === 'standard') {
    const withIds = items.map((item) => `{"id":${JSON.stringify(item.id)},${item.body.slice(1)}`)
    return `{"type":"${batchType}","timestamp":"${timestamp}","data":${listOf(withIds)}}`
  }
  const bodies = listOf(items.map(({ body }) => body))
  return `{"id":"${id}","event":"${batchType}","timestamp":"${timestamp}","data":${bodies}}`
}

/** That of CloudEvents by its JSON batch format (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md#4-json-batch-format). */
export function batchContentType(format: PayloadFormat): string {
  return format === 'cloudevents' ? 'application/cloudevents-batch+json' : 'application/json'
}

function listOf(items: readonly string[]): string {
  return `[${items.join(',')}]`
}
