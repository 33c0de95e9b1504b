import { Writable } from 'node:stream'
import { readFileSync } from 'node:fs'
import { createLeadhooks, LeadhooksError, memoryStorage, slackAlerts } from '@leadhooks/core'
import { fakeClock } from '@leadhooks/core/testing'
import { pino } from 'pino'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { logFields } from '../../src/logging/log.ts'
import { letSettle, openLeadhooks, openReceiver, organizationId, whileTimePasses } from './harness.ts'

/** A pino logger that writes all that it is told, and the lines it has written. */
function openLog() {
  const lines: Record<string, unknown>[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>)
      done()
    },
  })
  return { logger: pino({ level: 'trace' }, stream), lines }
}

/** What no line may hold: each stands for something that is a secret, or a customer's. */
const marks = {
  payload: 'payload-5eb2',
  header: 'header-9a41',
  password: 'password-77c0',
  path: 'path-30fd',
  answer: 'answer-c2d8',
  row: 'row-1f9e',
  query: 'query-b86a',
}

test('the documentation lists every field, and no other', () => {
  const page = readFileSync(new URL('../../../../docs/logging.md', import.meta.url), 'utf8')
  const documented = [...page.matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, name, meaning]) => [
    name,
    meaning,
  ])
  expect(Object.fromEntries(documented)).toEqual(logFields)
})

describe('the log', () => {
  test('names what went wrong by fixed fields, and holds no secret and no payload', async () => {
    const { logger, lines } = openLog()
    const clock = fakeClock()
    const storage = memoryStorage()
    const receiver = await openReceiver({ respond: { status: 500, body: marks.answer } })
    let isBroken = false
    const broken = async <Result>(call: () => Promise<Result>): Promise<Result> => {
      if (!isBroken) return call()
      // As drivers tell of a row that a constraint refuses.
      const cause = Object.assign(new Error('violates check constraint'), {
        detail: `Failing row: ${marks.row}`,
      })
      throw new LeadhooksError('internal', 'Postgres: violates check constraint (23514)', { cause })
    }
    const { leadhooks } = await openLeadhooks({
      clock,
      logger,
      storage: {
        ...storage,
        settleDeliveries: async (...given) => broken(async () => storage.settleDeliveries(...given)),
        recordApiKeyUsage: async (...given) => broken(async () => storage.recordApiKeyUsage(...given)),
        listDeliveries: async (query) => broken(async () => storage.listDeliveries(query)),
      },
      delivery: { retry: { delaysMs: [10] }, autoDisable: { consecutiveFailures: 2 } },
      observe: () => {
        throw new Error('The observer is broken')
      },
      alerts: [slackAlerts({ webhookUrl: `http://127.0.0.1:9/services/${marks.path}` })],
      alertQuietPeriodMs: 0,
      operationalEvents: true,
    })
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
    const url = new URL(`/${marks.path}?token=${marks.query}`, receiver.url).href
    const { webhook } = await leadhooks.webhooks.create({
      organizationId,
      url,
      secret,
      headers: { 'X-Token': marks.header },
      authentication: { type: 'basic', username: 'acme', password: marks.password },
    })
    const { apiKey, token } = await leadhooks.apiKeys.create({ organizationId, name: 'x', role: 'admin' })
    leadhooks.startWorker()
    await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: { name: marks.payload } })
    await whileTimePasses(clock, receiver.received(2))
    await letSettle(clock)

    await leadhooks.webhooks.enable({ organizationId, id: webhook.id })
    isBroken = true
    await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: { name: marks.payload } })
    await whileTimePasses(clock, receiver.received(3))
    await leadhooks.apiKeys.verify(token)
    const request = new Request(`http://crm.example/deliveries?eventId=${marks.query}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect((await leadhooks.fetch(request)).status).toBe(500)
    for (let n = 0; n < 40; n++) await clock.advance(1000)
    isBroken = false
    await leadhooks.apiKeys.reportLeak({ token, source: 'github' })
    for (let n = 0; n < 40; n++) await clock.advance(1000)

    const known = new Set([...Object.keys(logFields), 'level', 'time', 'pid', 'hostname', 'msg'])
    expect(new Set(lines.flatMap((line) => Object.keys(line).filter((name) => !known.has(name))))).toEqual(
      new Set(),
    )
    expect(new Set(lines.map(({ msg }) => msg))).toEqual(
      new Set([
        'The observer of Leadhooks threw',
        'A delivery has no result; it will be tried again',
        'The usage of API keys could not be written; trying again',
        'A request to the management API failed',
        'An API key was found in public',
        'An alert could not be sent yet; trying again',
        'An alert could not be sent',
      ]),
    )
    expect(lines).toContainEqual(
      expect.objectContaining({ msg: 'An API key was found in public', apiKeyId: apiKey.id, organizationId }),
    )
    expect(lines).toContainEqual(
      expect.objectContaining({
        msg: 'A delivery has no result; it will be tried again',
        deliveryId: expect.stringMatching(/^dlv_/) as string,
        err: expect.objectContaining({
          code: 'internal',
          stack: expect.stringContaining('check constraint') as string,
        }) as object,
      }),
    )
    const all = JSON.stringify(lines)
    for (const mark of [
      ...Object.values(marks),
      secret,
      secret.slice('whsec_'.length),
      token,
      token.slice(8, -6),
    ])
      expect(all).not.toContain(mark)
  })

  test('is silent where nothing goes wrong, and without a logger', async () => {
    const { logger, lines } = openLog()
    const writes = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')]
    onTestFinished(() => void vi.restoreAllMocks())
    for (const options of [{ logger }, {}]) {
      const clock = fakeClock()
      const receiver = await openReceiver({ respond: [500, 200] })
      const { leadhooks } = await openLeadhooks({
        ...options,
        clock,
        delivery: { retry: { delaysMs: [10] } },
      })
      await leadhooks.webhooks.create({ organizationId, url: receiver.url })
      leadhooks.startWorker()
      await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: {} })
      await whileTimePasses(clock, receiver.received(2))
      await letSettle(clock)
    }
    expect(lines).toEqual([])
    for (const write of writes) expect(write).not.toHaveBeenCalled()
  })

  test('takes any logger that is shaped like it, and goes on where that throws', async () => {
    const told: unknown[] = []
    const fail = (...line: unknown[]): void => {
      told.push(line)
      throw new Error('The disk is full')
    }
    const leadhooks = createLeadhooks({
      storage: { ...memoryStorage(), listWebhooks: async () => Promise.reject(new Error('gone')) },
      encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
      logger: { info: fail, warn: fail, error: fail },
    })
    onTestFinished(() => leadhooks.close())
    const { token } = await leadhooks.apiKeys.create({ organizationId, name: 'x', role: 'admin' })
    const headers = { authorization: `Bearer ${token}` }
    const { status } = await leadhooks.fetch(new Request('http://crm.example/webhooks', { headers }))
    expect(status).toBe(500)
    expect(told).toEqual([
      [
        { err: expect.any(Error) as Error, method: 'GET', path: '/webhooks' },
        'A request to the management API failed',
      ],
    ])
  })
})
