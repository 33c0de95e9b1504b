import { createHash, randomUUID } from 'node:crypto'
import type { Context } from '../context.ts'
import { idempotencyKey as keySchema } from '../deliveries/replay-many.ts'
import { LeadhooksError } from '../errors.ts'
import { parseInput } from '../input.ts'
import type { KeyedRequest } from '../storage/storage.ts'
import type { Call, Repetition, Route } from './route.ts'
import type { JsonSchema } from './schema-components.ts'

/** Longer than any request takes: whoever has one for so long has vanished. */
const leaseMs = 60_000
const keepMs = 24 * 3_600_000
/** How long a request waits for the answer of the one that came before it, and how often it looks. */
const longestWaitMs = 10_000
const lookMs = 50

export const idempotencyKey: JsonSchema = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
}

/** What a request is answered; `isRepeated`: what it asks for was done before. */
export interface Once {
  answer: unknown
  isRepeated: boolean
}

/** Whether a route is open to an `Idempotency-Key`. */
export function takesKey({ method, permission, repeated }: Route): boolean {
  return method === 'POST' && permission !== null && repeated !== 'anew'
}

/**
 * Does what a request asks for, or, where one with its `Idempotency-Key` was answered before, answers the same. What has failed is not
 * kept: it has changed nothing, and is tried again.
 *
 * Throws `conflict` for a key that came with another request, or whose first request is still under way after ten seconds.
 */
export async function answerOnce(
  ctx: Context,
  route: Route,
  call: Call,
  handle: () => Promise<unknown>,
): Promise<Once> {
  if (call.idempotencyKey === undefined || !takesKey(route) || route.repeated === 'by itself')
    return { answer: await handle(), isRepeated: false }
  const { organizationId } = call
  const key = parseInput(keySchema, call.idempotencyKey) ?? ''
  const request = { organizationId, route: `${route.method} ${route.path}`, key }
  const holder = randomUUID()
  const known = await take(ctx, request, holder, digestOf(call))
  const { keep, show } = typeof route.repeated === 'object' ? route.repeated : asItIs
  if (known !== null) return { answer: await show(call, JSON.parse(known)), isRepeated: true }
  const answer = await orDrop(ctx, { ...request, holder }, handle)
  await keepAnswer(ctx, { ...request, holder }, JSON.stringify(keep(answer) ?? null))
  return { answer, isRepeated: false }
}

const asItIs: Repetition = { keep: (answer) => answer, show: (_call, kept) => kept }

/** Who asks for what. */
function digestOf({ actor, scoped, query, body }: Call): string {
  const asked = JSON.stringify([actor.type, actor.id, scoped.id, query, body])
  return createHash('sha256').update(asked).digest('base64')
}

/** Null when the request is for the holder to see to; else what was kept of its answer. */
async function take(
  ctx: Context,
  request: KeyedRequest,
  holder: string,
  digest: string,
): Promise<string | null> {
  const { storage, clock, encryption } = ctx
  const identity = JSON.stringify([request.organizationId, request.route, request.key])
  // Sealed, since a body can hold a password that its bare digest would let one guess.
  const fingerprint = encryption.seal(digest, identity)
  const until = clock.now() + longestWaitMs
  for (;;) {
    const now = ctx.storageTime()
    const known = await storage.takeRequest({ ...request, fingerprint, holder, leaseMs, now })
    if (known === null) return null
    if (encryption.open(known.fingerprint, identity) !== digest) throw usedForAnother(request)
    if (known.answer !== null) return known.answer
    if (clock.now() >= until) throw stillUnderWay(request)
    await new Promise<void>((resolve) => void clock.schedule(resolve, lookMs))
  }
}

function usedForAnother({ route }: KeyedRequest): LeadhooksError {
  const message = `This idempotency key came with another request for ${route}: take a new key for a new one`
  return new LeadhooksError('conflict', message)
}

function stillUnderWay({ route }: KeyedRequest): LeadhooksError {
  const message = `The first request for ${route} with this idempotency key is still under way: send it again in a while`
  return new LeadhooksError('conflict', message)
}

type Held = KeyedRequest & { holder: string }

async function orDrop(ctx: Context, held: Held, handle: () => Promise<unknown>): Promise<unknown> {
  try {
    return await handle()
  } catch (error) {
    await ctx.storage.dropRequest(held).catch(tellOf(ctx, 'dropped'))
    throw error
  }
}

/** It is done, whatever becomes of the record. */
async function keepAnswer(ctx: Context, held: Held, answer: string): Promise<void> {
  const kept = { ...held, answer, keepMs, now: ctx.storageTime() }
  await ctx.storage.answerRequest(kept).catch(tellOf(ctx, 'kept'))
}

function tellOf({ logger }: Context, what: string): (error: unknown) => void {
  return (err) =>
    logger.warn(
      { err },
      `A request with an Idempotency-Key could not be ${what}: the key is free in a minute`,
    )
}
