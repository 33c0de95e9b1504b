import { LeadhooksError } from '../errors.ts'
import type { LeadhooksEvent, StoredEvent } from '../model/event.ts'

/** An event with its data, read from the body that is stored; without, where that was removed. */
export function showEvent(event: StoredEvent): LeadhooksEvent {
  if (event.body === '') return { ...withData(event, null), redacted: true }
  return withData(event, readData(event.id, event.body))
}

export function withData(
  { id, organizationId, type, channels, orderingKey, createdAt }: StoredEvent,
  data: unknown,
): LeadhooksEvent {
  const carried = channels ?? []
  return { id, organizationId, type, data, channels: carried, orderingKey, redacted: false, createdAt }
}

function readData(id: string, body: string): unknown {
  try {
    const { data }: { data: unknown } = JSON.parse(body)
    return data
  } catch (cause) {
    throw new LeadhooksError(
      'storage_corrupt',
      `The body of event "${id}" is not the JSON that was written`,
      { cause },
    )
  }
}
