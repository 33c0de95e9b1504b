import { randomBytes } from 'node:crypto'
import { type Alert, emailAlerts, memoryStorage, slackAlerts, webhookAlerts } from '@leadhooks/core'
import { type FakeClock, fakeClock } from '@leadhooks/core/testing'
import { verifySignature } from '@leadhooks/verify-signature'
import { describe, expect, test } from 'vitest'
import {
  dispatch,
  type Harness,
  letSettle,
  openLeadhooks,
  openReceiver,
  organizationId,
  whileTimePasses,
} from './harness.ts'

const giveUpAtOnce = { retry: { delaysMs: [] } }

describe('alerts', () => {
  test('tell of a webhook that fails, in words, until it is switched off', async () => {
    const clock = fakeClock()
    const alerts: Alert[] = []
    const receiver = await openReceiver({ respond: 500 })
    const harness = await openLeadhooks({
      clock,
      alerts: [(alert) => alerts.push(alert)],
      delivery: { autoDisable: { consecutiveFailures: 2 }, circuit: { failures: 2, spanMs: 0 } },
    })
    const { webhook } = await harness.leadhooks.webhooks.create({ organizationId, url: receiver.url })
    harness.leadhooks.startWorker()
    await dispatch(harness.leadhooks)
    await whileTimePasses(clock, receiver.received(2))
    await letSettle(clock)
    expect(alerts.map(({ type, severity }) => [type, severity])).toEqual([
      ['webhook.failing', 'warning'],
      ['webhook.failing', 'critical'],
      ['webhook.disabled', 'critical'],
    ])
    expect(alerts[2]).toMatchObject({
      id: expect.stringMatching(/^alt_/) as string,
      organizationId,
      title: `Webhook "${webhook.id}" of "acme" was switched off`,
      text: 'It has failed for too long. What comes for it waits until somebody enables it.',
      repeats: 0,
      cause: { type: 'webhook.disabled', webhookId: webhook.id, reason: 'failing' },
    })
  })

  test('that repeat one another are one in a quiet period, and the next one counts them', async () => {
    const clock = fakeClock()
    const alerts: Alert[] = []
    const harness = await failing({
      clock,
      alerts: [(alert) => alerts.push(alert)],
      alertQuietPeriodMs: 60_000,
    })
    await deadLetters(clock, harness, 5)
    expect(alerts.map(({ type, repeats }) => [type, repeats])).toEqual([['delivery.dead_lettered', 0]])
    await clock.advance(60_000)
    await deadLetters(clock, harness, 1)
    expect(alerts.map(({ repeats }) => repeats)).toEqual([0, 4])
  })

  test('that another process has sent are left out, before a restart and after it', async () => {
    const clock = fakeClock()
    const storage = memoryStorage()
    const alerts: Alert[] = []
    const options = {
      clock,
      storage,
      alerts: [(alert: Alert) => void alerts.push(alert)],
      alertQuietPeriodMs: 60_000,
    }
    const [one, two] = [await failing(options), await openLeadhooks(options)]
    await deadLetters(clock, one, 2)
    await one.leadhooks.close()
    two.leadhooks.startWorker()
    await deadLetters(clock, two, 3)
    expect(alerts).toHaveLength(1)
    await clock.advance(60_000)
    await deadLetters(clock, two, 1)
    expect(alerts.map(({ repeats }) => repeats)).toEqual([0, 3])
  })

  test('that cannot be compared with those of other processes are sent', async () => {
    const clock = fakeClock()
    const storage = memoryStorage()
    const alerts: Alert[] = []
    const harness = await failing({ clock, storage, alerts: [(alert) => alerts.push(alert)] })
    storage.takeDuty = async () => Promise.reject(new Error('gone'))
    await deadLetters(clock, harness, 2)
    expect(alerts).toHaveLength(1)
  })

  test('go to a channel again that has failed, and to the others meanwhile', async () => {
    const clock = fakeClock()
    const taken: string[] = []
    let failures = 0
    const broken = async (): Promise<void> => {
      if (failures++ < 2) throw new Error('down')
      taken.push('broken')
    }
    const harness = await failing({ clock, alerts: [broken, () => taken.push('sound')] })
    await deadLetters(clock, harness, 1)
    expect(taken).toEqual(['sound'])
    await clock.advance(1000)
    expect(taken).toEqual(['sound'])
    await clock.advance(10_000)
    expect(taken).toEqual(['sound', 'broken'])
  })

  test('that could not be sent are tried once more on close, which waits for no channel for long', async () => {
    const clock = fakeClock()
    const logged: string[] = []
    const logger = { info() {}, warn() {}, error: (_: object, message: string) => logged.push(message) }
    let tries = 0
    const broken = async (): Promise<void> => {
      tries++
      throw new Error('down')
    }
    const harness = await failing({ clock, logger, alerts: [broken, () => new Promise(() => {})] })
    await deadLetters(clock, harness, 1)
    await whileTimePasses(clock, harness.leadhooks.close())
    expect(tries).toBe(2)
    expect(logged).toEqual(['An alert could not be sent'])
  })

  test('must be functions', async () => {
    const wrong = openLeadhooks({ alerts: ['https://example.com'] as never })
    await expect(wrong).rejects.toMatchObject({ code: 'invalid_options', issues: [{ pointer: '/alerts/0' }] })
  })
})

describe('channels', () => {
  const alert: Alert = {
    id: 'alt_1',
    type: 'webhook.disabled',
    severity: 'critical',
    organizationId: '<!channel>\r\nBcc: x',
    title: 'Webhook "whk_1" of "<!channel>\r\nBcc: x" was switched off',
    text: 'It failed.',
    at: new Date('2026-01-01T00:00:00Z'),
    repeats: 3,
    cause: { type: 'webhook.disabled', organizationId, webhookId: 'whk_1', reason: 'failing' },
  }

  test('slackAlerts posts a message, in which nothing of the host’s means anything to Slack', async () => {
    const receiver = await openReceiver()
    await slackAlerts({ webhookUrl: `${receiver.url}/services/T0/B0/x` })(alert)
    const [{ body } = { body: '' }] = await receiver.received(1)
    const { text } = JSON.parse(String(body)) as { text: string }
    expect(text).toContain(':rotating_light: *Webhook "whk_1" of "&lt;!channel&gt;')
    expect(text).toContain('_3 more like it since the last message_')
  })

  test('a channel that answers with anything but 2xx has failed, and the error keeps its URL to itself', async () => {
    const receiver = await openReceiver({ respond: [404, { status: 302, headers: { location: '/' } }] })
    const send = slackAlerts({ webhookUrl: `${receiver.url}/services/secret` })
    await expect(send(alert)).rejects.toThrow(/^The channel for alerts answered 404$/)
    await expect(send(alert)).rejects.toThrow(/^(?!.*secret)/)
    expect(receiver.requests).toHaveLength(2)
  })

  test('emailAlerts sends one mail, whose subject is one line', async () => {
    const mails: { from: string; to: string; subject: string; text: string }[] = []
    const transport = { sendMail: async (mail: (typeof mails)[number]) => mails.push(mail) }
    await emailAlerts({ transport, from: 'crm@example.com', to: 'ops@example.com' })(alert)
    expect(mails).toHaveLength(1)
    expect(mails[0]).toMatchObject({
      to: 'ops@example.com',
      subject: '[Leadhooks critical] Webhook "whk_1" of "<!channel> Bcc: x" was switched off',
    })
    expect(mails[0]?.text).toContain('3 more like it')
  })

  test('webhookAlerts posts an event that verifySignature takes', async () => {
    const receiver = await openReceiver()
    const secret = `whsec_${randomBytes(32).toString('base64')}`
    await webhookAlerts({ url: receiver.url, secret })(alert)
    const [{ body, headers } = { body: '', headers: {} }] = await receiver.received(1)
    expect(verifySignature({ payload: body, headers, secret })).toMatchObject({
      id: 'alt_1',
      event: 'webhook.disabled',
      data: { severity: 'critical', cause: { webhookId: 'whk_1' } },
    })
    expect(() => webhookAlerts({ url: receiver.url, secret: 'guessable' })).toThrow(/secret/)
    for (const url of ['hooks.example.com/hush', 'https://user:hush@example.com', 'ftp://example.com/hush']) {
      const invalid = expect.objectContaining({
        code: 'invalid_options',
        message: expect.not.stringMatching('hush'),
      })
      expect(() => webhookAlerts({ url, secret })).toThrow(invalid)
      expect(() => slackAlerts({ webhookUrl: url })).toThrow(invalid)
    }
  })
})

/** With a webhook whose deliveries are given up after one attempt. */
async function failing(options: Parameters<typeof openLeadhooks>[0]): Promise<Harness> {
  const receiver = await openReceiver({ respond: 500 })
  const harness = await openLeadhooks({ delivery: { circuit: false }, ...options })
  await harness.leadhooks.webhooks.create({ organizationId, url: receiver.url, ...giveUpAtOnce })
  harness.leadhooks.startWorker()
  return harness
}

async function deadLetters(clock: FakeClock, harness: Harness, count: number): Promise<void> {
  const before = harness.settled.length
  await dispatch(harness.leadhooks, count)
  await whileTimePasses(clock, harness.settledCount(before + count))
}
