import { SignatureError } from './signature-error.ts'

/** The body of a delivery, as Leadhooks sends it unless a webhook asks for another format. */
export interface WebhookEvent<Data = unknown> {
  /** The same for every attempt and replay of the event: what to recognise a repeated delivery by. */
  id: string
  /** The event type, `new_lead` say. */
  event: string
  /** When the event happened, RFC 3339. The `webhook-timestamp` header says when this attempt was signed. */
  timestamp: string
  data: Data
}

// Fatal, so that bytes that are no UTF-8 are refused instead of replaced; a byte order mark is left for JSON to refuse.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Parses a body whose signature is good. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it is for the caller, to name the event's type
export function parseEvent<T>(body: string | Uint8Array): T {
  try {
    const event: T = JSON.parse(typeof body === 'string' ? body : utf8.decode(body))
    return event
  } catch (cause) {
    throw new SignatureError('invalid_payload', 'The signature is good, but the body is not JSON in UTF-8', {
      cause,
    })
  }
}
