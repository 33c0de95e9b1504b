import type { StoredEvent } from '../model/event.ts'
import { appendAudit } from './memory-audit.ts'
import { attemptsOf, finish } from './memory-delivery-row.ts'
import { copy, eventKey, type MemoryState, timeOf } from './memory-state.ts'
import type { Audit, Scoped, Timed } from './storage.ts'

export function redactEvent(
  state: MemoryState,
  { now, ...key }: Scoped & Timed,
  audit: Audit<StoredEvent> | undefined,
): StoredEvent | null {
  const event = state.events.get(eventKey(key))
  if (event === undefined || event.body === '') return copy(event ?? null)
  const after = { ...event, body: '' }
  appendAudit(state, event.organizationId, audit, { before: event, after })
  event.body = ''
  for (const row of state.deliveries.values()) {
    if (row.organizationId !== event.organizationId || row.eventId !== event.id) continue
    if (state.unfinished.has(row))
      finish(state, row, { status: 'cancelled', reason: 'redacted' }, timeOf({ now }))
    state.bodies.delete(row.id)
    for (const attempt of attemptsOf(state, row)) attempt.responseBody = null
  }
  return copy(after)
}
