import { LeadhooksError } from '../errors.ts'
import type { PayloadFormat } from '../model/webhook.ts'

/** A body as Leadhooks writes it, taken apart. */
export interface BodyParts {
  id: string
  type: string
  /** RFC 3339. */
  timestamp: string
  /** As JSON, to the character: what `JSON.parse` would change, a long number say, goes on as it was dispatched. */
  data: string
}

export interface LayOutOptions {
  format: PayloadFormat
  /** Where the event comes from: the `source` of CloudEvents. */
  source: string
}

// As `serializeBody` and the SQL function write it: the data comes last.
const layout = /^\{"id":"([^"]+)","event":"([^"]+)","timestamp":"([^"]+)","data":/

export function readBody(eventId: string, body: string): BodyParts {
  const [start, id, type, timestamp] = layout.exec(body) ?? []
  if (start === undefined || id === undefined || type === undefined || timestamp === undefined) {
    const message = `The body of event "${eventId}" is not what was written`
    throw new LeadhooksError('storage_corrupt', message)
  }
  return { id, type, timestamp, data: body.slice(start.length, -1) }
}

/**
 * The body of a request: Standard Webhooks 1.0 (https://www.standardwebhooks.com) has no id in it, since a header carries that;
 * CloudEvents 1.0 by its JSON event format (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md).
 */
export function layOut({ id, type, timestamp, data }: BodyParts, { format, source }: LayOutOptions): string {
  if (format === 'data') return data
  if (format === 'standard') return withData({ type, timestamp }, data)
  if (format === 'leadhooks') return withData({ id, event: type, timestamp }, data)
  const attributes = { specversion: '1.0', id, source, type, time: timestamp }
  return withData({ ...attributes, datacontenttype: 'application/json' }, data)
}

export function contentTypeOf(format: PayloadFormat | null): string {
  return format === 'cloudevents' ? 'application/cloudevents+json' : 'application/json'
}

function withData(fields: Record<string, string>, data: string): string {
  return `${JSON.stringify(fields).slice(0, -1)},"data":${data}}`
}
