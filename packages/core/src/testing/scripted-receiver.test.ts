import { afterEach, describe, expect, test } from 'vitest'
import { type ReceiverOptions, redirectTo, startReceiver } from './scripted-receiver.ts'

const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

async function start(respond?: ReceiverOptions['respond']) {
  const receiver = await startReceiver(respond === undefined ? {} : { respond })
  closers.push(() => receiver.close())
  return receiver
}

describe('a scripted receiver', () => {
  test('keeps what it is sent, byte for byte', async () => {
    const receiver = await start()
    const body = Buffer.from([0, 255, 128, 10])
    await fetch(`${receiver.url}/hooks?a=b`, { method: 'POST', body, headers: { 'X-Test': 'yes' } })
    const [request] = await receiver.received(1)
    expect(request).toMatchObject({ method: 'POST', url: '/hooks?a=b', headers: { 'x-test': 'yes' }, body })
  })

  test('answers 200 by default, and a list in turn, the last for ever', async () => {
    const statuses = async (url: string) => {
      const answers: number[] = []
      for (let n = 0; n < 4; n++) answers.push((await fetch(url)).status)
      return answers
    }
    expect(await statuses((await start()).url)).toEqual([200, 200, 200, 200])
    expect(await statuses((await start([500, 503, 200])).url)).toEqual([500, 503, 200, 200])
  })

  test('answers with headers and a body, or as a function says', async () => {
    const receiver = await start([
      { status: 429, headers: { 'retry-after': '7' }, body: 'later' },
      redirectTo('http://127.0.0.1:1/'),
      (request) => (request.method === 'GET' ? 418 : 200),
    ])
    const answer = await fetch(receiver.url)
    expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).toEqual([
      429,
      '7',
      'later',
    ])
    expect((await fetch(receiver.url, { redirect: 'manual' })).headers.get('location')).toBe(
      'http://127.0.0.1:1/',
    )
    expect((await fetch(receiver.url)).status).toBe(418)
  })

  test('lets a test wait for requests, and says so when none will come any more', async () => {
    const receiver = await start()
    const two = receiver.received(2)
    const three = receiver.received(3)
    await fetch(receiver.url)
    await fetch(receiver.url)
    expect(await two).toHaveLength(2)
    await receiver.close()
    await expect(three).rejects.toThrow('Closed after 2 of 3 requests')
  })
})
