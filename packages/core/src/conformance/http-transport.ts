import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { createEcho, type HttpCase, withHost } from './http-host.ts'

/** What must come through unchanged between Node and `fetch(Request): Response`. */
export const transportCases: readonly HttpCase[] = [
  {
    name: 'method, path, query and headers arrive as they were sent',
    async check(setup) {
      const leadhooks = createEcho(async ({ method, url, headers }, { basePath } = {}) =>
        Response.json({ method, url, basePath, header: headers.get('x-header') }),
      )
      await withHost(setup, { leadhooks }, async (url) => {
        const target = `${url}/echo/a%20b/%C3%BC?x=1&x=2&y=%2F`
        for (const method of ['GET', 'POST', 'PATCH', 'PUT', 'DELETE']) {
          const response = await fetch(target, { method, headers: { 'x-header': 'as sent' } })
          const received: unknown = await response.json()
          const basePath = new URL(url).pathname.replace(/^\/$/, '')
          assert.deepEqual(received, { method, url: target, basePath, header: 'as sent' })
        }
      })
    },
  },
  {
    name: 'the bytes of a body arrive as they were sent',
    async check(setup) {
      const leadhooks = createEcho(async (request) => new Response(await request.arrayBuffer()))
      await withHost(setup, { leadhooks }, async (url) => {
        const body = manyBytes(300_000)
        const headers = { 'content-type': 'application/octet-stream' }
        const response = await fetch(`${url}/echo`, { method: 'POST', headers, body })
        assert.deepEqual(new Uint8Array(await response.arrayBuffer()), body)
      })
    },
  },
  {
    name: 'a JSON body arrives, whoever read it first',
    async check(setup) {
      const leadhooks = createEcho(async (request) => Response.json({ received: await request.json() }))
      await withHost(setup, { leadhooks }, async (url) => {
        const sent = { text: 'ü \u2028 "quoted"', list: [1, 2.5, null, true], nested: { '': {} } }
        const response = await fetch(`${url}/echo`, json(JSON.stringify(sent)))
        assert.deepEqual(await response.json(), { received: sent })
      })
    },
  },
  {
    name: 'a number too large for JSON stays one',
    async check(setup) {
      const leadhooks = createEcho(async (request) => new Response(await request.text()))
      await withHost(setup, { leadhooks }, async (url) => {
        const response = await fetch(`${url}/echo`, json('{"limit":1e400}'))
        assert.equal(await response.text(), '{"limit":1e400}')
      })
    },
  },
  {
    name: 'a body of thousands of levels comes in as one that is too deep',
    async check(setup) {
      const leadhooks = createEcho(async (request) => new Response((await request.text()).slice(0, 2000)))
      await withHost(setup, { leadhooks }, async (url) => {
        const response = await fetch(`${url}/echo`, json('['.repeat(20_000) + ']'.repeat(20_000)))
        assert.equal(response.status, 200)
        assert.equal(await response.text(), '['.repeat(2000))
      })
    },
  },
  {
    name: 'a body can be read while it is still being sent',
    async check(setup) {
      const leadhooks = createEcho(async (request) => {
        const first = await request.body?.getReader().read()
        return new Response(`read ${first?.value?.byteLength} bytes`)
      })
      await withHost(setup, { leadhooks }, async (url) => {
        const client = httpRequest(`${url}/echo`, { method: 'POST', headers: { 'content-type': 'text/csv' } })
        client.write('12345')
        const [response] = await once(client, 'response')
        assert.equal(await textOf(response), 'read 5 bytes')
        client.destroy()
      })
    },
  },
  {
    name: 'a body that nobody reads does not hold up the answer',
    async check(setup) {
      const leadhooks = createEcho(async () => new Response('not interested', { status: 403 }))
      await withHost(setup, { leadhooks }, async (url) => {
        const headers = { 'content-type': 'application/octet-stream' }
        const response = await fetch(`${url}/echo`, { method: 'POST', headers, body: manyBytes(2_000_000) })
        assert.equal(response.status, 403)
        assert.equal(await response.text(), 'not interested')
      })
    },
  },
  {
    name: 'repeated headers come through, both ways',
    async check(setup) {
      const leadhooks = createEcho(async (request) => {
        const headers = new Headers({ 'x-received': request.headers.get('x-many') ?? '' })
        for (const value of ['a=1', 'b=2; Path=/']) headers.append('set-cookie', value)
        for (const value of ['1', '2']) headers.append('x-many', value)
        return new Response('ok', { headers })
      })
      await withHost(setup, { leadhooks }, async (url) => {
        const client = httpRequest(`${url}/echo`, { headers: { 'x-many': ['1', '2'] } }).end()
        const [response] = await once(client, 'response')
        await textOf(response)
        assert.equal(response.headers['x-received'], '1, 2')
        assert.equal(response.headers['x-many'], '1, 2')
        assert.deepEqual(response.headers['set-cookie'], ['a=1', 'b=2; Path=/'])
      })
    },
  },
  {
    name: 'status and headers of the answer come through, 204 and 304 without a body',
    async check(setup) {
      const leadhooks = createEcho(async (request) => {
        const status = Number(new URL(request.url).searchParams.get('status'))
        const body = status === 204 || status === 304 ? null : 'body'
        return new Response(body, { status, headers: { 'x-status': String(status) } })
      })
      await withHost(setup, { leadhooks }, async (url) => {
        for (const status of [200, 201, 202, 204, 304, 404, 409, 429, 500, 503]) {
          const response = await fetch(`${url}/echo?status=${status}`)
          assert.equal(response.status, status)
          assert.equal(response.headers.get('x-status'), String(status))
          assert.equal(await response.text(), status === 204 || status === 304 ? '' : 'body')
        }
      })
    },
  },
  {
    name: 'HEAD gets the headers of the answer and no body',
    async check(setup) {
      const leadhooks = createEcho(async () => new Response('body', { headers: { 'x-header': 'there' } }))
      await withHost(setup, { leadhooks }, async (url) => {
        const response = await fetch(`${url}/echo`, { method: 'HEAD' })
        assert.equal(response.headers.get('x-header'), 'there')
        assert.equal(await response.text(), '')
      })
    },
  },
  {
    name: 'an answer streams: what is written arrives before the rest is',
    async check(setup) {
      const arrived = signal()
      const leadhooks = createEcho(async () => new Response(ReadableStream.from(twoParts(arrived.promise))))
      await withHost(setup, { leadhooks }, async (url) => {
        const response = await fetch(`${url}/echo`)
        let text = ''
        for await (const chunk of response.body ?? []) {
          text += Buffer.from(chunk).toString()
          arrived.resolve()
        }
        assert.equal(text, 'first, second')
      })
    },
  },
  {
    name: 'a long answer arrives whole',
    async check(setup) {
      const part = manyBytes(65_536)
      const leadhooks = createEcho(
        async () => new Response(ReadableStream.from(Array.from({ length: 64 }, () => part))),
      )
      await withHost(setup, { leadhooks }, async (url) => {
        const response = await fetch(`${url}/echo`)
        const bytes = Buffer.from(await response.arrayBuffer())
        assert.equal(bytes.length, 64 * part.length)
        assert.deepEqual(bytes.subarray(-part.length), Buffer.from(part))
      })
    },
  },
  {
    name: 'a client that leaves aborts the signal of its request',
    async check(setup) {
      const aborted = signal()
      const received = signal()
      const leadhooks = createEcho(async (request) => {
        request.signal.addEventListener('abort', aborted.resolve)
        received.resolve()
        await aborted.promise
        return new Response('too late')
      })
      await withHost(setup, { leadhooks }, async (url) => {
        const client = new AbortController()
        const response = fetch(`${url}/echo`, { signal: client.signal })
        response.catch(() => {})
        await received.promise
        client.abort()
        await aborted.promise
        await assert.rejects(response)
      })
    },
  },
  {
    name: 'a client that leaves ends the answer that was streaming to it',
    async check(setup) {
      const cancelled = signal()
      const leadhooks = createEcho(async () => new Response(endlessStream(cancelled.resolve)))
      await withHost(setup, { leadhooks }, async (url) => {
        const client = new AbortController()
        const response = await fetch(`${url}/echo`, { signal: client.signal })
        await response.body?.getReader().read()
        client.abort()
        await cancelled.promise
      })
    },
  },
  {
    name: 'an answer that fails half-way breaks off, and the host lives on',
    async check(setup) {
      const leadhooks = createEcho(async (request) =>
        request.url.endsWith('/fail')
          ? new Response(ReadableStream.from(failingParts()))
          : new Response('alive'),
      )
      await withHost(setup, { leadhooks }, async (url) => {
        const response = await fetch(`${url}/echo/fail`)
        await assert.rejects(response.text())
        assert.equal(await (await fetch(`${url}/echo`)).text(), 'alive')
      })
    },
  },
  {
    name: 'concurrent requests get each its own answer',
    async check(setup) {
      const leadhooks = createEcho(async (request) => Response.json({ received: await request.json() }))
      await withHost(setup, { leadhooks }, async (url) => {
        const numbers = Array.from({ length: 50 }, (_, number) => number)
        const answers = await Promise.all(
          numbers.map(async (number) =>
            (await fetch(`${url}/echo`, json(JSON.stringify({ number })))).json(),
          ),
        )
        assert.deepEqual(
          answers,
          numbers.map((number) => ({ received: { number } })),
        )
      })
    },
  },
]

function manyBytes(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 31) % 256)
}

function json(body: string): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body }
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += chunk.toString()
  return text
}

interface Signal {
  promise: Promise<void>
  resolve: () => void
}

function signal(): Signal {
  let resolve = (): void => {}
  const promise = new Promise<void>((resolvePromise) => {
    resolve = resolvePromise
  })
  return { promise, resolve }
}

async function* twoParts(second: Promise<void>): AsyncGenerator<Uint8Array> {
  yield Buffer.from('first, ')
  await second
  yield Buffer.from('second')
}

async function* failingParts(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('first')
  // Late enough for the head to be on its way.
  await new Promise((resolve) => setTimeout(resolve, 20))
  throw new Error('The answer failed half-way')
}

function endlessStream(cancel: () => void): ReadableStream<Uint8Array> {
  const part = manyBytes(1024)
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 1))
      controller.enqueue(part)
    },
    cancel,
  })
}
