import { generateSecret, signPayload } from '@leadhooks/verify-signature'
import { z } from 'zod'
import { Refused } from './client.ts'
import * as narrator from './narrator.ts'
import type { Customer } from './sign-up.ts'
import type { Stage } from './stage.ts'

/** A request that is signed, but not by this CRM: with a secret that is not the webhook's. */
export async function forgeRequest({ receiverUrl }: Stage): Promise<void> {
  const id = 'evt_forged'
  const timestamp = Math.floor(Date.now() / 1000)
  const payload = JSON.stringify({ id, event: 'new_lead', timestamp: new Date().toISOString(), data: {} })
  const signature = signPayload({ id, timestamp, payload, secret: generateSecret() })
  const response = await fetch(`${receiverUrl}/healthy`, {
    method: 'POST',
    headers: { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature },
    body: payload,
  })
  if (response.status !== 401) throw new Error(`The receiver answered ${response.status} to a forged request`)
  const { code } = z.object({ code: z.string() }).parse(await response.json())
  narrator.fact('forged', `${response.status} ${code}`, 'signed with another secret: the receiver refuses it')
}

const rows = z.object({ data: z.array(z.unknown()) })

/** Two leads in one transaction, the second of which exists already. */
export async function importDuplicate({ call }: Customer): Promise<void> {
  const leads = [
    { name: 'Edsger Dijkstra', email: 'edsger@example.com' },
    { name: 'Ada Lovelace', email: 'ada@example.com' },
  ]
  const before = await Promise.all([call('GET /leads', rows), call('GET /api/v1/events', rows)])
  const refusal: unknown = await call('POST /leads/import', rows, leads).catch((error: unknown) => error)
  const after = await Promise.all([call('GET /leads', rows), call('GET /api/v1/events', rows)])

  if (!(refusal instanceof Refused))
    throw new Error('A known lead was imported once more', { cause: refusal })
  if (JSON.stringify(after) !== JSON.stringify(before))
    throw new Error('A refused import left something behind')
  const remark = 'two leads, one of them known: both rolled back, and no event'
  narrator.fact('import', `${refusal.status} ${refusal.code}`, remark)
}
