import type { LookupAddress } from 'node:dns'
import { lookup as systemLookup, Resolver } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import type { Clock } from '../clock.ts'
import { DialError } from './dial-error.ts'

/** Resolves a name to all its addresses. Throws a `DialError` when there are none. */
export type Resolve = (name: string) => Promise<readonly string[]>

export interface ResolverOptions {
  /** Also asks the operating system for names that DNS does not know. */
  asksSystem: boolean
  /** Name servers to ask, as `address:port`. @default the system's */
  servers?: readonly string[] | undefined
  /** The longest that a name may take. @default 5000 */
  timeoutMs?: number
  /** How many names are remembered. @default 1000 */
  cacheSize?: number
}

interface Answer {
  addresses: readonly string[]
  ttlSeconds: number
}

interface Remembered {
  answer: Promise<Answer>
  /** `Infinity` while the answer is awaited. */
  until: number
}

/** A TTL of zero would cost a look-up per connection; a week would outlive a move of the receiver. */
const shortestTtlSeconds = 1
const longestTtlSeconds = 60

const longestLookUpMs = 5000

/**
 * Makes a resolver that asks name servers by itself (c-ares). `dns.lookup` would wait for one of the four threads that it
 * shares with the file system: four dead name servers, and nothing in the process resolves a name any more.
 *
 * Answers are remembered for their TTL, and a name that is being asked for is not asked for twice. Failures are not
 * remembered: a retry is late enough.
 */
export function createResolver(clock: Clock, options: ResolverOptions): Resolve {
  const { cacheSize = 1000 } = options
  const cache = new Map<string, Remembered>()

  function ask(name: string): Promise<Answer> {
    const remembered: Remembered = { answer: resolveName(clock, options, name), until: Infinity }
    cache.delete(name)
    cache.set(name, remembered)
    forgetOldest(cache, cacheSize)
    remembered.answer.then(
      ({ ttlSeconds }) => (remembered.until = clock.now() + ttlSeconds * 1000),
      () => cache.get(name) === remembered && cache.delete(name),
    )
    return remembered.answer
  }

  return async (name) => {
    const known = cache.get(name)
    const { addresses } = await (known !== undefined && clock.now() < known.until ? known.answer : ask(name))
    return addresses
  }
}

function forgetOldest(cache: Map<string, unknown>, size: number): void {
  for (const name of cache.keys()) {
    if (cache.size <= size) return
    cache.delete(name)
  }
}

async function resolveName(clock: Clock, options: ResolverOptions, name: string): Promise<Answer> {
  // RFC 6761, 6.3: these are this machine, and no name server is to be asked.
  if (name === 'localhost' || name.endsWith('.localhost')) {
    return { addresses: ['127.0.0.1', '::1'], ttlSeconds: longestTtlSeconds }
  }
  try {
    return await askNameServers(clock, options, name)
  } catch (error) {
    if (!options.asksSystem) throw error
    // Names of containers and of the hosts file. Only where inside addresses are open: nobody else has such names, and
    // what nobody resolves must not wait for a thread.
    const answers = await systemLookup(name, { all: true }).catch(() => [])
    if (answers.length === 0) throw error
    return { addresses: answers.map(({ address }) => address), ttlSeconds: shortestTtlSeconds }
  }
}

async function askNameServers(clock: Clock, options: ResolverOptions, name: string): Promise<Answer> {
  const { servers, timeoutMs = longestLookUpMs } = options
  // One for each name: only so can one be cancelled alone, and only so is a change of the system's servers noticed.
  const resolver = new Resolver({ timeout: Math.ceil(timeoutMs / 3), tries: 2 })
  if (servers !== undefined) resolver.setServers(servers)
  let isOverdue = false
  const stopTimer = clock.schedule(() => {
    isOverdue = true
    resolver.cancel()
  }, timeoutMs)
  const answers = await Promise.allSettled([
    resolver.resolve4(name, { ttl: true }),
    resolver.resolve6(name, { ttl: true }),
  ])
  stopTimer()
  const records = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  if (records.length === 0 && isOverdue) throw new DialError('timeout_dns')
  if (records.length === 0) throw dnsError(name, answers)
  const ttl = Math.min(...records.map((record) => record.ttl))
  return {
    addresses: records.map((record) => record.address),
    ttlSeconds: Math.min(Math.max(ttl, shortestTtlSeconds), longestTtlSeconds),
  }
}

const unknownName = new Set(['ENOTFOUND', 'ENODATA'])

function dnsError(name: string, answers: readonly PromiseSettledResult<unknown>[]): DialError {
  const reasons: unknown[] = answers.flatMap((answer) =>
    answer.status === 'rejected' ? [answer.reason] : [],
  )
  if (reasons.some((reason) => codeOf(reason) === 'ETIMEOUT')) return new DialError('timeout_dns')
  if (!reasons.every((reason) => unknownName.has(codeOf(reason)))) return noAnswer(name, reasons[0])
  const message = `The host name "${name}" does not exist, or has no address: check the URL and its DNS records`
  return new DialError('dns', message, reasons[0])
}

function noAnswer(name: string, cause: unknown): DialError {
  return new DialError('dns', `The host name "${name}" could not be resolved: check its DNS records`, cause)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** Resolves by a function of the host's, in the form of `dns.lookup`. Whatever it answers is passed on, to be vetted. */
export function resolveBy(lookup: LookupFunction, clock: Clock, timeoutMs = longestLookUpMs): Resolve {
  return async (name) => {
    try {
      const answer = await inTime(call(lookup, name), clock, timeoutMs)
      if (answer.length === 0) throw new Error('The look-up answered with nothing')
      return [answer].flat().map((entry) => (typeof entry === 'string' ? entry : entry.address))
    } catch (error) {
      throw error instanceof DialError ? error : noAnswer(name, error)
    }
  }
}

async function inTime<T>(awaited: Promise<T>, clock: Clock, timeoutMs: number): Promise<T> {
  let stopTimer = (): void => {}
  const overdue = new Promise<never>((_, reject) => {
    stopTimer = clock.schedule(() => reject(new DialError('timeout_dns')), timeoutMs)
  })
  return Promise.race([awaited, overdue]).finally(stopTimer)
}

function call(lookup: LookupFunction, name: string): Promise<string | LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(name, { all: true }, (error, answer) => (error ? reject(error) : resolve(answer)))
  })
}
