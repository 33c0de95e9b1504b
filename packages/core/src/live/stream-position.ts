import { LeadhooksError } from '../errors.ts'

/** A place in what was noted, and when a client had come there. */
export interface StreamPosition {
  key: number
  at: number
}

/** The `id` of an event. */
export function writePosition({ key, at }: StreamPosition): string {
  return `${key}-${at}`
}

/** Throws `invalid_request` for an id that no stream has sent. */
export function readPosition(id: string): StreamPosition {
  const [, key, at] = /^(\d{1,15})-(\d{1,15})$/.exec(id) ?? []
  if (key !== undefined && at !== undefined) return { key: Number(key), at: Number(at) }
  const message =
    'Must be the id of an event of this stream, as it came: leave it out to begin with what happens now'
  throw new LeadhooksError('invalid_request', `Last-Event-ID: ${message}`, {
    issues: [{ pointer: '/lastEventId', message }],
  })
}
