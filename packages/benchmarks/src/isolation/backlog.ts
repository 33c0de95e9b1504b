import { eventTypeOf, webhookCount } from '../leads.ts'
import type { Place } from '../postgres/contenders/contender.ts'
import { makeLead } from '../postgres/leads.ts'
import { type BenchLeadhooks, openLeadhooks } from '../postgres/open.ts'
import { waitUntil } from '../postgres/pace.ts'
import type { Services } from '../postgres/services.ts'
import { forkWorker } from '../postgres/start-worker.ts'
import { figure, type Result } from '../results.ts'
import type { SuiteOptions } from '../suite-options.ts'

const [busy, other] = ['org_busy', 'org_other']
const otherPath = '/other'
const dispatchesPerRound = 20
/** From one to the next: long enough that the worker has done with the one before. */
const betweenMs = 100
const longestWaitMs = 20_000

/** How the receivers of the organization with the backlog answer; the last one takes the most of the backlog away. */
const receivers = { 'hang for 10 s': 10_000, 'take 200 ms': 200, 'answer at once': 0 }

/** One organization has 100,000 deliveries waiting, for ten webhooks; another one dispatches a single event, in another process. */
export async function backlog(services: Services, { rounds, quick }: SuiteOptions): Promise<Result[]> {
  const waiting = quick ? 5000 : 100_000
  const worst: Record<string, number[]> = {}
  for (let round = 0; round < rounds; round++) {
    await services.withPlace('Leadhooks', async (place) => {
      const leadhooks = openLeadhooks(place)
      await fillBacklog(leadhooks, place, waiting)
      await services.checkpoint()
      for (const [subject, delayMs] of Object.entries(receivers))
        (worst[subject] ??= []).push(await slowestStart(services, { leadhooks, place, delayMs }))
      await leadhooks.close()
    })
    process.stderr.write('.')
  }
  process.stderr.write('\n')
  return Object.entries(worst).map(([subject, values]) =>
    figure({
      scenario: `${waiting.toLocaleString('en')} waiting for ${webhookCount} webhooks of one organization: another's first attempt`,
      subject: `slowest of ${dispatchesPerRound}; the receivers ${subject}`,
      unit: 'ms',
      values,
      atMost: 250,
    }),
  )
}

async function fillBacklog(leadhooks: BenchLeadhooks, { receiverUrl }: Place, count: number): Promise<void> {
  for (let n = 0; n < webhookCount; n++)
    await leadhooks.webhooks.create({
      organizationId: busy,
      url: `${receiverUrl}/busy/${n}`,
      eventTypes: [eventTypeOf(n)],
    })
  await leadhooks.webhooks.create({ organizationId: other, url: `${receiverUrl}${otherPath}` })
  for (let first = 0; first < count; first += 1000)
    await leadhooks.dispatchEvents(
      Array.from({ length: 1000 }, (_, n) => ({
        organizationId: busy,
        type: eventTypeOf(n % webhookCount),
        data: makeLead(first + n).data,
      })),
    )
}

interface Start {
  leadhooks: BenchLeadhooks
  place: Place
  delayMs: number
}

/** How long the slowest event of the other organization took, from the call to the receiver, while the worker is busy. */
async function slowestStart({ receiver }: Services, { leadhooks, place, delayMs }: Start): Promise<number> {
  const worker = forkWorker()
  try {
    await receiver.begin({ measureLatency: true, delayMs, slow: { path: otherPath, delayMs: 0 } })
    await worker.start('Leadhooks', place, 64)
    await waitUntil(async () => (await receiver.received()) > 0, longestWaitMs)
    for (let n = 1; n <= dispatchesPerRound; n++) {
      const { data } = makeLead(n)
      await leadhooks.dispatchEvent({ organizationId: other, type: eventTypeOf(0), data })
      await new Promise((resolve) => setTimeout(resolve, betweenMs))
    }
    const latencies = async (): Promise<number[]> => (await receiver.read()).paths[otherPath]?.latencies ?? []
    const haveCome = async (): Promise<boolean> => (await latencies()).length >= dispatchesPerRound
    if (!(await waitUntil(haveCome, longestWaitMs)))
      throw new Error(`Not all ${dispatchesPerRound} events of the other organization came`)
    return Math.max(...(await latencies()))
  } finally {
    worker.end()
  }
}
