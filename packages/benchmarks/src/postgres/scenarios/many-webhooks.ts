import { eventTypeOf, webhookCount } from '../../leads.ts'
import { compare, type Result } from '../../results.ts'
import { byCallers } from '../../rounds.ts'
import type { SuiteOptions } from '../../suite-options.ts'
import { claimInTurn } from '../claim-timing.ts'
import type { Place } from '../contenders/contender.ts'
import { leadhooksContender } from '../contenders/leadhooks.ts'
import { fill } from '../fill-queue.ts'
import { makeLead } from '../leads.ts'
import { openLeadhooks } from '../open.ts'
import type { Services } from '../services.ts'

const due = 20_000
/** Every organization has ten webhooks, of which one has something due. */
const perOrganization = webhookCount

/** What a claim costs where there are 50,000 webhooks, and 5,000 of them have something due. */
export async function manyWebhooks(services: Services, { rounds, quick }: SuiteOptions): Promise<Result[]> {
  const organizations = quick ? 500 : 5000
  const webhooks = organizations * perOrganization
  return services.withPlace('Leadhooks', (few) =>
    services.withPlace('Leadhooks', async (many) => {
      const producer = await leadhooksContender.openProducer(few)
      await fill(producer, due)
      await producer.close()
      await fillMany(many, organizations)
      return [
        compare({
          scenario: `${webhooks.toLocaleString('en')} webhooks, ${organizations.toLocaleString('en')} of them due`,
          subject: 'claim of 500, p50',
          unit: 'ms',
          baseline: '10 webhooks',
          ...(await claimInTurn(rounds, many, few)),
          atMost: 2,
        }),
      ]
    }),
  )
}

async function fillMany(place: Place, organizations: number): Promise<void> {
  const leadhooks = openLeadhooks(place)
  await byCallers(8, organizations * perOrganization, (n) =>
    leadhooks.webhooks.create({
      organizationId: `org_many_${Math.floor(n / perOrganization)}`,
      url: `${place.receiverUrl}/${n}`,
      eventTypes: [eventTypeOf(n % perOrganization)],
    }),
  )
  for (let first = 0; first < due; first += 1000) {
    await leadhooks.dispatchEvents(
      Array.from({ length: 1000 }, (_, i) => ({
        organizationId: `org_many_${(first + i) % organizations}`,
        type: eventTypeOf(0),
        data: makeLead(first + i).data,
      })),
    )
  }
  await leadhooks.close()
}
