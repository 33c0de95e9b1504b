import type { Context } from './context.ts'
import { checkRateLimiter } from './rate-limit/check-rate-limiter.ts'
import { readWorkers } from './read-workers.ts'
import type { Diagnosis } from './storage/storage.ts'
import { checkCredentials } from './webhooks/check-credentials.ts'

/** Workers sign with the storage's time, and yet events are dated by their dispatcher's: people see it in lists. */
const noticeableSkewMs = 5000
const mostTries = 4

/** Examines the storage, then what the options make of it. */
export async function diagnose(ctx: Context): Promise<Diagnosis[]> {
  const storage = await ctx.storage.diagnose()
  const isUsable = storage.every(({ status }) => status !== 'problem')
  const asked = isUsable
    ? [...(await checkClock(ctx)), await checkWorkers(ctx), await checkCredentials(ctx)]
    : []
  const options = [checkEncryptionKeys(ctx), await checkRateLimiterPatiently(ctx), checkNetwork(ctx)]
  return [...storage, ...asked, ...options]
}

/** A process that has just started may still be connecting: each time it is asked gives that a moment. */
async function checkRateLimiterPatiently(ctx: Context): Promise<Diagnosis> {
  let found = await checkRateLimiter(ctx)
  for (let tries = 1; tries < mostTries && found.status !== 'ok'; tries++) found = await checkRateLimiter(ctx)
  return found
}

/** Without a worker somewhere nothing goes out, and nothing fails either. */
async function checkWorkers(ctx: Context): Promise<Diagnosis> {
  const check = 'workers'
  const workers = await readWorkers(ctx)
  const [last] = workers
  const alive = workers.filter(({ isAlive }) => isAlive)
  if (alive.length > 0) return { check, status: 'ok', message: `${alive.length} are alive` }
  const seen =
    last === undefined ? 'in the last hour' : `since ${last.lastBeatAt.toISOString()}, from ${last.host}`
  const message = `No worker was heard of ${seen}: nothing is sent; run \`leadhooks worker\`, or call \`leadhooks.startWorker()\``
  return { check, status: 'warning', message }
}

/** Signatures and due times go by the clock of the storage, the dates of events by that of this process. */
async function checkClock({ storage, clock }: Context): Promise<Diagnosis[]> {
  if (storage.currentTime === undefined) return []
  const before = clock.now()
  const stored = (await storage.currentTime()).getTime()
  const skewMs = stored - (before + clock.now()) / 2
  const seconds = Math.round(Math.abs(skewMs) / 1000)
  const check = 'clock'
  if (Math.abs(skewMs) < noticeableSkewMs) {
    return [{ check, status: 'ok', message: 'The clocks of this process and of the database agree' }]
  }
  const direction = skewMs > 0 ? 'behind' : 'ahead of'
  const message = `The clock of this process is ${seconds} s ${direction} that of the database: set both by NTP, since events are dated by the first, and sent and signed by the second`
  return [{ check, status: 'warning', message }]
}

/** Whether what is sealed can be opened again. */
export function checkEncryptionKeys({ encryption }: Pick<Context, 'encryption'>): Diagnosis {
  const check = 'encryption-keys'
  try {
    if (encryption.open(encryption.seal('sealed', check), check) === 'sealed')
      return { check, status: 'ok', message: 'The first encryption key seals, and opens what it sealed' }
  } catch {
    // The same as a wrong answer. What the cipher said could hold a part of the key.
  }
  const message = 'The first encryption key does not open what it sealed: make another one'
  return { check, status: 'problem', message }
}

function checkNetwork({ network }: Context): Diagnosis {
  const check = 'network'
  const opened = (['allowPrivateAddresses', 'allowHttp'] as const).filter((option) => network[option])
  if (opened.length === 0)
    return { check, status: 'ok', message: 'Deliveries go to public https addresses and to what was allowed' }
  const message = `\`network\` has ${opened.join(' and ')} on: that is for development and tests, where no customer chooses the URLs`
  return { check, status: 'warning', message }
}
