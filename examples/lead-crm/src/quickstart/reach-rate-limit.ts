import { z } from 'zod'
import * as narrator from './narrator.ts'
import type { Customer } from './sign-up.ts'
import type { Stage } from './stage.ts'

/** Every answer says what is left of the limits of its key; another key, with few requests an hour, is soon refused. */
export async function reachRateLimit({ leadhooks, crmUrl }: Stage, { token }: Customer): Promise<void> {
  const getLeads = (key: string): Promise<Response> =>
    fetch(`${crmUrl}/leads`, { headers: { authorization: `Bearer ${key}` } })

  const { headers } = await getLeads(token)
  const [limit, remaining] = ['limit', 'remaining'].map((name) => headers.get(`x-ratelimit-${name}`))
  narrator.fact(
    'rate limit',
    `${remaining} of ${limit} left`,
    'this hour: the headers of every answer say so',
  )

  const few = await leadhooks.apiKeys.create({
    organizationId: 'acme',
    name: 'Two requests an hour',
    environment: 'test',
    rateLimits: [{ name: 'hourly', limit: 2, windowMs: 3_600_000 }],
  })
  for (let n = 0; n < 2; n++) await getLeads(few.token)
  const refusal = await getLeads(few.token)
  if (refusal.status !== 429) throw new Error(`A request over the limit was answered with ${refusal.status}`)
  const { code } = z.object({ code: z.string() }).parse(await refusal.json())
  const wait = refusal.headers.get('retry-after')
  narrator.fact('one too many', `429 ${code}`, `of a key with two an hour: Retry-After: ${wait} seconds`)
}
