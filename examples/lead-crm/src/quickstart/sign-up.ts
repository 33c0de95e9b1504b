import { z } from 'zod'
import { createReceiver } from '../receiver.ts'
import { type Call, createClient } from './client.ts'
import * as narrator from './narrator.ts'
import type { Stage } from './stage.ts'

/** What the CRM's customer has, once signed up. */
export interface Customer {
  organizationId: string
  token: string
  call: Call
  webhooks: { healthy: CreatedWebhook; flaky: CreatedWebhook; broken: CreatedWebhook }
  repairReceiver: () => void
}

type CreatedWebhook = z.output<typeof createdWebhook>
const createdWebhook = z.object({ id: z.string(), secret: z.string() })

const organizationId = 'acme'
const retry = { delaysMs: [200, 400, 800] }

/** What the CRM does when a customer signs up, and what the customer then does with its key. */
export async function signUp({
  leadhooks,
  crmUrl,
  receiverUrl,
  receive,
  verified,
}: Stage): Promise<Customer> {
  const organization = await leadhooks.organizations.upsert({ id: organizationId, name: 'Acme Homes' })
  narrator.fact('organization', organization.id, organization.name ?? '')
  const { apiKey, token } = await leadhooks.apiKeys.create({
    organizationId,
    name: 'Quickstart',
    environment: 'test',
  })
  narrator.fact('API key', `${apiKey.start}…${apiKey.last4}`, `${apiKey.role}; its token is shown once`)

  const call = createClient(crmUrl, token)
  const register = async (name: string, settings: object, remark: string): Promise<CreatedWebhook> => {
    const url = `${receiverUrl}/${name}`
    const created = await call('POST /api/v1/webhooks', createdWebhook, { name, url, ...settings })
    narrator.fact('webhook', `/${name}`, remark)
    return created
  }
  const healthy = await register('healthy', {}, 'answers 200')
  const flaky = await register('flaky', { retry }, 'fails twice for each event, then answers 200')
  const broken = await register('broken', { retry, circuit: false }, 'always fails; its circuit is off')

  const receiver = createReceiver({
    secrets: { healthy: healthy.secret, flaky: flaky.secret, broken: broken.secret },
    onVerified: (path, event) => verified.push({ path, eventId: event.id, isShown: false }),
  })
  receive(receiver.app)
  return {
    organizationId,
    token,
    call,
    webhooks: { healthy, flaky, broken },
    repairReceiver: receiver.repair,
  }
}
