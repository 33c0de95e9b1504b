import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { isIPv4, type LookupFunction } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { createResolver, resolveBy } from './resolver.ts'

interface Zone {
  [name: string]: { A?: string[]; AAAA?: string[]; ttl?: number; code?: number; isSilent?: boolean }
}

const sockets: Socket[] = []

afterEach(async () => {
  await Promise.all(sockets.splice(0).map(async (socket) => void socket.close()))
})

/** A name server (RFC 1035) on 127.0.0.1 that knows one zone and counts what it is asked. Without a zone it is silent. */
async function nameServer(zone?: Zone) {
  const socket = createSocket('udp4')
  sockets.push(socket)
  const asked: string[] = []
  socket.on('message', (query, { port, address }) => {
    const question = readQuestion(query)
    asked.push(`${question.name} ${question.type}`)
    const isSilent = zone === undefined || zone[question.name]?.isSilent === true
    if (!isSilent) socket.send(respond(query, question, zone), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return { address: `127.0.0.1:${socket.address().port}`, asked }
}

function readQuestion(query: Buffer) {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  const type = query.readUInt16BE(at + 1) === 1 ? ('A' as const) : ('AAAA' as const)
  return { name: labels.join('.').toLowerCase(), type, end: at + 5 }
}

function respond(query: Buffer, { name, type, end }: ReturnType<typeof readQuestion>, zone: Zone): Buffer {
  const entry = zone[name]
  const records = entry?.[type] ?? []
  const header = Buffer.from(query.subarray(0, 12))
  header.writeUInt16BE(0x8180 | (entry === undefined ? 3 : (entry.code ?? 0)), 2)
  header.writeUInt16BE(records.length, 6)
  header.writeUInt32BE(0, 8)
  return Buffer.concat([
    header,
    query.subarray(12, end),
    ...records.map((address) => record(address, entry?.ttl ?? 30)),
  ])
}

function record(address: string, ttl: number): Buffer {
  const data = isIPv4(address)
    ? Buffer.from(address.split('.').map(Number))
    : Buffer.from(address.replaceAll(':', ''), 'hex')
  const head = Buffer.alloc(12)
  head.writeUInt16BE(0xc00c, 0)
  head.writeUInt16BE(isIPv4(address) ? 1 : 28, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt32BE(ttl, 6)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}

const v6 = '2606:4700:0000:0000:0000:0000:0000:1111'

async function resolverFor(zone: Zone, options: { asksSystem?: boolean; cacheSize?: number } = {}) {
  const server = await nameServer(zone)
  const clock = fakeClock()
  const resolve = createResolver(clock, { asksSystem: false, servers: [server.address], ...options })
  return { resolve, clock, asked: server.asked }
}

describe('a name', () => {
  test('resolves to all its addresses of both families', async () => {
    const { resolve } = await resolverFor({ 'a.example': { A: ['1.2.3.4', '1.2.3.5'], AAAA: [v6] } })
    expect(await resolve('a.example')).toEqual(['1.2.3.4', '1.2.3.5', '2606:4700::1111'])
  })

  test('may have addresses of one family only', async () => {
    const { resolve } = await resolverFor({
      'four.example': { A: ['1.2.3.4'] },
      'six.example': { AAAA: [v6] },
    })
    expect(await resolve('four.example')).toEqual(['1.2.3.4'])
    expect(await resolve('six.example')).toEqual(['2606:4700::1111'])
  })

  test('that does not exist, or has no address, is a failure that says so', async () => {
    const { resolve } = await resolverFor({ 'empty.example': {} })
    const failure = { failure: 'dns', message: expect.stringContaining('does not exist, or has no address') }
    await expect(resolve('none.example')).rejects.toMatchObject(failure)
    await expect(resolve('empty.example')).rejects.toMatchObject(failure)
  })

  test('whose name server is broken could not be resolved', async () => {
    const { resolve } = await resolverFor({ 'broken.example': { code: 2 } })
    await expect(resolve('broken.example')).rejects.toMatchObject({
      failure: 'dns',
      message: 'The host name "broken.example" could not be resolved: check its DNS records',
    })
  })

  test('whose name server is silent fails in time', async () => {
    const { address } = await nameServer()
    const resolve = createResolver(systemClock, { asksSystem: false, servers: [address], timeoutMs: 50 })
    const startedAt = Date.now()
    await expect(resolve('a.example')).rejects.toMatchObject({ failure: 'timeout_dns' })
    expect(Date.now() - startedAt).toBeLessThan(500)
  })

  test('whose eight name servers are all silent fails in time', async () => {
    const silent = await Promise.all(Array.from({ length: 8 }, () => nameServer()))
    const servers = silent.map(({ address }) => address)
    const resolve = createResolver(systemClock, { asksSystem: false, servers, timeoutMs: 100 })
    const startedAt = Date.now()
    await expect(resolve('a.example')).rejects.toMatchObject({ failure: 'timeout_dns' })
    expect(Date.now() - startedAt).toBeLessThan(1000)
  })

  test('that nobody answers for keeps no other name and no file waiting', async () => {
    const names = Array.from({ length: 8 }, (_, n) => `silent-${n}.example`)
    const silent = Object.fromEntries(names.map((name) => [name, { isSilent: true }]))
    const { address } = await nameServer({ ...silent, 'a.example': { A: ['1.2.3.4'] } })
    const resolve = createResolver(systemClock, { asksSystem: false, servers: [address], timeoutMs: 500 })
    const waiting = Promise.allSettled(names.map((name) => resolve(name)))
    const startedAt = Date.now()
    expect(await resolve('a.example')).toEqual(['1.2.3.4'])
    await readFile(new URL(import.meta.url))
    expect(Date.now() - startedAt).toBeLessThan(400)
    for (const { status } of await waiting) expect(status).toBe('rejected')
  })

  test('localhost is this machine, and no name server is asked', async () => {
    const { resolve, asked } = await resolverFor({ localhost: { A: ['1.2.3.4'] } })
    expect(await resolve('localhost')).toEqual(['127.0.0.1', '::1'])
    expect(await resolve('app.localhost')).toEqual(['127.0.0.1', '::1'])
    expect(asked).toEqual([])
  })

  test('that DNS does not know is asked of the system only where that is wanted', async () => {
    // The C library answers this one without any name server.
    const name = '127.1'
    await expect((await resolverFor({})).resolve(name)).rejects.toMatchObject({ failure: 'dns' })
    expect(await (await resolverFor({}, { asksSystem: true })).resolve(name)).toEqual(['127.0.0.1'])
  })
})

describe('what was resolved', () => {
  test('is remembered for its TTL, and asked for again after it', async () => {
    const zone: Zone = { 'a.example': { A: ['1.2.3.4'], ttl: 30 } }
    const { resolve, clock, asked } = await resolverFor(zone)
    await resolve('a.example')
    zone['a.example'] = { A: ['5.6.7.8'] }
    await clock.advance(29_999)
    expect(await resolve('a.example')).toEqual(['1.2.3.4'])
    expect(asked).toHaveLength(2)
    await clock.advance(1)
    expect(await resolve('a.example')).toEqual(['5.6.7.8'])
  })

  test.each([
    [0, 1],
    [86_400, 60],
  ])('with a TTL of %i s is remembered for %i s', async (ttl, seconds) => {
    const { resolve, clock, asked } = await resolverFor({ 'a.example': { A: ['1.2.3.4'], ttl } })
    await resolve('a.example')
    await clock.advance(seconds * 1000 - 1)
    await resolve('a.example')
    expect(asked).toHaveLength(2)
    await clock.advance(1)
    await resolve('a.example')
    expect(asked).toHaveLength(4)
  })

  test('is asked for once, however many ask at the same time', async () => {
    const { resolve, asked } = await resolverFor({ 'a.example': { A: ['1.2.3.4'] } })
    await Promise.all(Array.from({ length: 50 }, () => resolve('a.example')))
    expect(asked.toSorted()).toEqual(['a.example A', 'a.example AAAA'])
  })

  test('does not pile up', async () => {
    const zone = Object.fromEntries(['a', 'b', 'c'].map((name) => [`${name}.example`, { A: ['1.2.3.4'] }]))
    const { resolve, asked } = await resolverFor(zone, { cacheSize: 2 })
    for (const name of ['a.example', 'b.example', 'c.example', 'c.example', 'b.example']) await resolve(name)
    expect(asked).toHaveLength(6)
    await resolve('a.example')
    expect(asked).toHaveLength(8)
  })

  test('is not remembered when it failed', async () => {
    const zone: Zone = {}
    const { resolve } = await resolverFor(zone)
    await expect(resolve('a.example')).rejects.toThrow('does not exist')
    zone['a.example'] = { A: ['1.2.3.4'] }
    expect(await resolve('a.example')).toEqual(['1.2.3.4'])
  })
})

describe("a look-up of the host's own", () => {
  const by = (lookup: LookupFunction) => resolveBy(lookup, systemClock)

  test('that never answers is given up in time', async () => {
    const clock = fakeClock()
    const resolved = resolveBy(() => {}, clock)('a.example')
    const failed = expect(resolved).rejects.toMatchObject({ failure: 'timeout_dns' })
    await clock.advance(5000)
    await failed
  })

  test('may answer in both forms of dns.lookup', async () => {
    const all = by((_name, _options, callback) => callback(null, [{ address: '1.2.3.4', family: 4 }]))
    const one = by((_name, _options, callback) => callback(null, '1.2.3.4', 4))
    expect(await all('a.example')).toEqual(['1.2.3.4'])
    expect(await one('a.example')).toEqual(['1.2.3.4'])
  })

  // oxlint-disable-next-line typescript/no-explicit-any -- what the type forbids is what is tested
  test.each<[string, Error | null, any]>([
    ['an error', new Error('down'), undefined],
    ['nothing', null, undefined],
    ['an empty list', null, []],
    ['an empty string', null, ''],
    ['a list of nothing', null, [null]],
  ])('that answers with %s is a failure to resolve', async (_what, error, answer) => {
    const resolve = by((_name, _options, callback) => callback(error, answer))
    await expect(resolve('a.example')).rejects.toMatchObject({ failure: 'dns' })
  })

  test('that throws is one too', async () => {
    const resolve = by(() => {
      throw new Error('broken')
    })
    await expect(resolve('a.example')).rejects.toMatchObject({ failure: 'dns' })
  })
})
