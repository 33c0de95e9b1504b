import type { CreateWebhookInput } from '@leadhooks/core'
import { organizationOf, webhookCount } from '../leads.ts'
import type { Place } from '../postgres/contenders/contender.ts'
import { drainOnce } from '../postgres/drain-once.ts'
import { openLeadhooks } from '../postgres/open.ts'
import type { Services } from '../postgres/services.ts'
import { compare, type Result } from '../results.ts'
import { interleaveEach } from '../rounds.ts'
import type { SuiteOptions } from '../suite-options.ts'

type Settings = Pick<CreateWebhookInput, 'circuit' | 'autoDisable' | 'filter' | 'throttle'>

const circuit = { failures: 10 }
const filter = { name: 'John Doe', email: { $exists: true } }
const throttle = { requests: 100_000, perMs: 1000 }

/** None of them ever acts: nothing fails, every event matches, and no worker is as quick as the throttle. */
const all: Record<string, Settings> = {
  'as webhooks come': {},
  'a filter': { filter },
  'a throttle': { throttle },
  'all three': { circuit, filter, throttle },
}
const allOff: Settings = { circuit: false, autoDisable: false }

/** What a circuit, a filter and a throttle cost a full queue where they have nothing to do. */
export async function idleSettings(services: Services, { rounds, quick }: SuiteOptions): Promise<Result[]> {
  const count = quick ? 1000 : 10_000
  const { off = [], ...drains } = await interleaveEach(rounds, ['off', ...Object.keys(all)], (name) =>
    drainOnce(services, 'Leadhooks', count, (place) => setAll(place, all[name] ?? allOff)),
  )
  const rowsOf = (key: 'rate' | 'cpu', names: { scenario: string; unit: string; atLeast?: number }) =>
    Object.entries(drains).map(([subject, values]) =>
      compare({
        ...names,
        subject,
        values: values.map((drain) => drain[key]),
        baseline: 'all off',
        baselineValues: off.map((drain) => drain[key]),
      }),
    )
  const settings = 'circuit, filter and throttle with nothing to do'
  return [
    ...rowsOf('rate', { scenario: `${settings}, drain of ${count} events`, unit: '/s', atLeast: 0.9 }),
    ...rowsOf('cpu', { scenario: `${settings}, CPU of the worker`, unit: 's per 1,000' }),
  ]
}

/** Gives every webhook these settings. */
async function setAll(place: Place, settings: Settings): Promise<void> {
  const leadhooks = openLeadhooks(place)
  const organizations = new Set(Array.from({ length: webhookCount }, (_, n) => organizationOf(n)))
  for (const organizationId of organizations) {
    const { data } = await leadhooks.webhooks.list({ organizationId })
    for (const { id } of data) await leadhooks.webhooks.update({ organizationId, id, ...settings })
  }
  await leadhooks.close()
}
