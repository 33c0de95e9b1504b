import { type DeadLetterReason, endFact } from '@leadhooks/core/storage'
import type { Connection } from './connection.ts'

/** Whose deliveries facts are about. */
export interface Settled {
  organization_id: string
  webhook_id: string
  event_type: string
}

const insert = `
  insert into leadhooks_settled_facts (organization_id, webhook_id, event_type, settled_at, facts) values (?, ?, ?, ?, ?)`

/** Collects what analytics is to know of the settlements of a batch: one row for each webhook and event type. */
export class NotedFacts {
  readonly #facts = new Map<string, Settled & { facts: string }>()

  add({ organization_id, webhook_id, event_type }: Settled, fact: string | null): void {
    if (fact === null) return
    const key = `${webhook_id} ${event_type}`
    const known = this.#facts.get(key)
    if (known === undefined) this.#facts.set(key, { organization_id, webhook_id, event_type, facts: fact })
    else known.facts += `,${fact}`
  }

  write(connection: Connection, now: number): void {
    for (const { organization_id, webhook_id, event_type, facts } of this.#facts.values())
      connection.run(insert, organization_id, webhook_id, event_type, now, facts)
  }
}

/** Notes that a delivery was given up without an attempt. */
export function noteGivenUp(
  connection: Connection,
  { organization_id, webhook_id, event_type }: Settled,
  reason: DeadLetterReason,
  now: number,
): void {
  connection.run(insert, organization_id, webhook_id, event_type, now, endFact(reason))
}
