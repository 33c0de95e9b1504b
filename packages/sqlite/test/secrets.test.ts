import { readFileSync } from 'node:fs'
import { createLeadhooks, type Leadhooks } from '@leadhooks/core'
import { startReceiver } from '@leadhooks/core/testing'
import { sqliteStorage } from '@leadhooks/sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFile } from './temporary-file.ts'

/** Everything that is written down somewhere while a host works with Leadhooks. */
function collectSinks() {
  const written: string[] = []
  const write = (...what: unknown[]): void =>
    void written.push(
      JSON.stringify(what, (_, value: unknown) => (value instanceof Error ? inspectError(value) : value)),
    )
  return { written, write, logger: { info: write, warn: write, error: write } }
}

function inspectError({ name, message, stack, cause }: Error): object {
  return { name, message, stack, cause }
}

test('tokens and secrets are nowhere but in the one answer that shows them', async () => {
  const path = temporaryFile()
  const { written, write, logger } = collectSinks()
  const leadhooks: Leadhooks = createLeadhooks({
    storage: sqliteStorage({ path }),
    encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
    network: { allowPrivateAddresses: true, allowHttp: true },
    apiKeys: { peppers: [{ id: 'p1', secret: 'a-pepper-that-nobody-may-see' }] },
    audit: { onHead: write },
    logger,
    observe: write,
  })
  onTestFinished(async () => leadhooks.close())
  await leadhooks.migrate()
  const receiver = await startReceiver()
  onTestFinished(async () => receiver.close())
  const organizationId = 'acme'
  const keep = async <Result>(result: Promise<Result>): Promise<Result> => {
    write(await result.catch((error: unknown) => error))
    return result
  }

  const made = await leadhooks.apiKeys.create({ organizationId, name: 'x', role: 'admin' })
  const rotated = await leadhooks.apiKeys.rotate({ organizationId, id: made.apiKey.id })
  const hook = await leadhooks.webhooks.create({
    organizationId,
    url: receiver.url,
    headers: { 'x-partner-key': 'a-header-that-nobody-may-see' },
  })
  const secrets = {
    token: made.token,
    'token after a rotation': rotated.token,
    'the random part of a token': rotated.token.slice(12, -10),
    'signing secret': hook.secret,
    'signing secret, decoded': Buffer.from(hook.secret.slice('whsec_'.length), 'base64').toString('latin1'),
    'custom header': 'a-header-that-nobody-may-see',
    pepper: 'a-pepper-that-nobody-may-see',
    'encryption key': Buffer.alloc(32, 1).toString('base64'),
  }

  const id = made.apiKey.id
  await keep(leadhooks.apiKeys.verify(made.token, { permissions: ['read:contacts'] }))
  await keep(leadhooks.apiKeys.verify(`${rotated.token}x`))
  await keep(leadhooks.apiKeys.update({ organizationId, id, name: 'y' }))
  await keep(leadhooks.apiKeys.list({ organizationId }))
  await keep(leadhooks.webhooks.update({ organizationId, id: hook.webhook.id, name: 'y' }))
  await keep(leadhooks.webhooks.list({ organizationId }))
  await leadhooks.webhooks.revealSecret({ organizationId, id: hook.webhook.id })
  await keep(leadhooks.apiKeys.reportLeak({ token: made.token }))
  leadhooks.startWorker()
  await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: {} })
  await receiver.received(1)
  for (const [method, path] of [
    ['GET', '/keys'],
    ['GET', '/webhooks'],
    ['GET', '/audit-log'],
    ['GET', '/deliveries'],
    ['POST', '/webhooks'],
  ] as const) {
    const headers = { 'x-api-key': rotated.token }
    const response = await leadhooks.fetch(new Request(`https://crm.example${path}`, { method, headers }))
    write(response.status, [...response.headers], await response.text())
  }
  await keep(leadhooks.audit.list({ organizationId }))
  await keep(
    leadhooks.webhooks.create({ organizationId, url: `https://user:${hook.secret}@x.example` }),
  ).catch(() => {})
  await keep(leadhooks.audit.verify({ organizationId }))
  await leadhooks.close()

  const sinks = {
    'what was logged, observed, answered or thrown': written.join('\n'),
    'the file of the database': ['', '-wal'].map((end) => readIfThere(path + end)).join('\n'),
  }
  for (const [sink, content] of Object.entries(sinks)) {
    expect(content.length, sink).toBeGreaterThan(1000)
    for (const [secret, value] of Object.entries(secrets))
      expect(content.includes(value), `${secret} in ${sink}`).toBe(false)
  }
})

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
