import { type DeadLetterReason, endFact } from '@leadhooks/core/storage'

/**
 * The part of a statement that notes, for analytics, what was settled: from rows of `settled`, with their organization, webhook,
 * event type, and `fact`. One row for each webhook and event type; `input` has the time.
 */
export function noteFacts(settled: string, fact = 'fact'): string {
  return `
    insert into leadhooks.settled_facts (organization_id, webhook_id, event_type, settled_at, facts)
    select organization_id, webhook_id, event_type, (select now from input), string_agg(${fact}, ',')
    from ${settled} where ${fact} is not null
    group by organization_id, webhook_id, event_type`
}

/** The same for rows that were all given up, for this reason, without an attempt. */
export function noteGivenUp(moved: string, reason: DeadLetterReason): string {
  return noteFacts(moved, `'${endFact(reason)}'`)
}
