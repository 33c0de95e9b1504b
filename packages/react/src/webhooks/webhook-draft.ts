import type { NewWebhook, Webhook } from '@leadhooks/client'

export type RetryChoice = 'standard' | 'patient' | 'exponential' | 'stepped' | 'own'

/** A webhook as it is typed. */
export interface WebhookDraft {
  url: string
  name: string
  description: string
  isAll: boolean
  eventTypes: string[]
  /** One a line: `X-Tenant: acme`. What is set already is never shown. */
  headers: string
  retry: RetryChoice
  timeoutSeconds: string
  /** How many events go by one request; empty: each goes by its own. */
  batchEvents: string
  batchSeconds: string
}

export function draftOf(webhook: Webhook | undefined): WebhookDraft {
  const { retry = null, timeoutMs = null, batch = null, eventTypes = [] } = webhook ?? {}
  return {
    url: webhook?.url ?? '',
    name: webhook?.name ?? '',
    description: webhook?.description ?? '',
    isAll: eventTypes.length === 0,
    eventTypes,
    headers: '',
    retry: retry === null ? 'standard' : typeof retry === 'string' ? retry : 'own',
    timeoutSeconds: timeoutMs === null ? '' : String(timeoutMs / 1000),
    batchEvents: batch === null ? '' : String(batch.maxEvents),
    batchSeconds: batch === null ? '' : String(batch.maxWaitMs / 1000),
  }
}

/** Headers that were not typed anew, and a retry rule that cannot be chosen here, stay as they are. */
export function toInput(draft: WebhookDraft): NewWebhook {
  const { retry } = draft
  return {
    url: draft.url.trim(),
    name: draft.name.trim() || null,
    description: draft.description.trim() || null,
    eventTypes: draft.isAll ? [] : draft.eventTypes,
    ...(draft.headers.trim() !== '' && { headers: headersOf(draft.headers) }),
    ...(retry !== 'own' && { retry: retry === 'standard' ? null : retry }),
    timeoutMs: draft.timeoutSeconds === '' ? null : msOf(draft.timeoutSeconds),
    batch:
      draft.batchEvents === ''
        ? null
        : { maxEvents: Number(draft.batchEvents), maxWaitMs: msOf(draft.batchSeconds) },
  }
}

function msOf(seconds: string): number {
  return Math.round(Number(seconds) * 1000)
}

function headersOf(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...rest] = line.split(':')
      return [name.trim(), rest.join(':').trim()]
    }),
  )
}
