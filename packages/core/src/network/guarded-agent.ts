import { isIP, type LookupFunction, Socket } from 'node:net'
import { callbackify } from 'node:util'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import type { Clock } from '../clock.ts'
import { isAllowedAddress } from './address-policy.ts'
import { limitAnswers } from './answer-limit.ts'
import { blockedAddress, explainDialError } from './dial-error.ts'
import type { NetworkPolicy } from './network-policy.ts'
import { openTunnel } from './proxy-tunnel.ts'
import { createResolver, type Resolve, resolveBy } from './resolver.ts'

export interface GuardedAgentOptions {
  /**
   * How many connections one origin may have; more requests than that wait for one.
   * @default none: the slots of the workers are the limit, and webhooks that share an origin do not wait for each other
   */
  connections?: number
  /** How long a connection may take to come about: name, TCP and TLS together. @default 10000 */
  connectTimeoutMs?: number
  /** Told when a phase of dialling is over. A connection that is used again goes through none. @default nobody */
  onPhase?: (phase: DialPhase) => void
}

/** The name is resolved, TCP is connected, TLS is agreed. */
export type DialPhase = 'dns' | 'connect' | 'tls'

/**
 * Makes the one way out: an agent that connects to allowed addresses only, whatever name or literal leads there, today or
 * later. It follows no redirects and heeds no proxies of the environment. Connections are kept alive and used again.
 */
export function createGuardedAgent(
  policy: NetworkPolicy,
  clock: Clock,
  { connections, connectTimeoutMs = 10_000, onPhase = () => {} }: GuardedAgentOptions = {},
): Dispatcher {
  const resolve =
    policy.lookup === undefined
      ? createResolver(clock, { asksSystem: policy.allowsInsideNames })
      : resolveBy(policy.lookup)
  return new Agent({
    connect: guardedConnector(policy, resolve, { timeoutMs: connectTimeoutMs, onPhase }),
    ...(connections !== undefined && { connections }),
    allowH2: false,
    pipelining: 1,
    maxHeaderSize: 16_384,
    // These start anew with every 103 and every byte. The one deadline of a request is its sender's to keep.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
}

interface DialOptions {
  timeoutMs: number
  onPhase: (phase: DialPhase) => void
}

/**
 * Vets where it dials: a name through the look-up of the very connection, so that what was vetted is what is dialled and
 * DNS has no second word (rebinding); a literal here, since no look-up is made for it.
 */
function guardedConnector(
  policy: NetworkPolicy,
  resolve: Resolve,
  { timeoutMs, onPhase }: DialOptions,
): buildConnector.connector {
  const { proxy, sourceAddress, secureContext } = policy
  const vetted = vettedResolve(policy, resolve, () => onPhase('dns'))
  const dial = buildConnector({
    lookup: lookupBy(vetted),
    timeout: timeoutMs,
    allowH2: false,
    // Stated, since NODE_TLS_REJECT_UNAUTHORIZED=0 changes the default for the whole process.
    rejectUnauthorized: true,
    autoSelectFamily: true,
    // Node's 250 ms give up on a receiver that is merely far away (https://github.com/nodejs/node/issues/54359).
    autoSelectFamilyAttemptTimeout: 1500,
    ...(secureContext !== undefined && { secureContext }),
  })

  function direct(target: buildConnector.Options, callback: buildConnector.Callback): void {
    const isTls = target.protocol === 'https:'
    const from = sourceAddress === undefined ? {} : { localAddress: sourceAddress }
    // Returned, though the types keep quiet about it.
    const dialling: unknown = dial({ ...target, ...from }, (error, socket) => {
      if (error !== null) return callback(explainDialError(error, isTls), null)
      if (isTls) onPhase('tls')
      callback(null, limitAnswers(socket.ref()))
    })
    if (!(dialling instanceof Socket)) return
    // A process that is done must not wait for a dead receiver. Whoever does wait for it holds a timer.
    dialling.unref()
    dialling.once('connect', () => onPhase('connect'))
  }

  const tunnel = callbackify(async (through: URL, target: buildConnector.Options) => {
    const [address = ''] = isIP(target.hostname) === 0 ? await vetted(target.hostname) : [target.hostname]
    const port = Number(target.port) || (target.protocol === 'https:' ? 443 : 80)
    const options = { timeoutMs, localAddress: sourceAddress, secureContext }
    const socket = await openTunnel(through, { address, port }, options)
    onPhase('connect')
    return socket
  })

  return (target, callback) => {
    if (isIP(target.hostname) !== 0 && !isAllowedAddress(policy, target.hostname)) {
      process.nextTick(callback, blockedAddress(), null)
      return
    }
    if (proxy === undefined) return direct(target, callback)
    tunnel(proxy, target, (error, socket) => {
      if (error) callback(explainDialError(error, false), null)
      else if (target.protocol === 'https:') direct({ ...target, httpSocket: socket }, callback)
      else callback(null, limitAnswers(socket.setNoDelay(true).ref()))
    })
  }
}

/** One forbidden address refuses them all: a set that mixes inside and outside is an attack, or a mistake. */
function vettedResolve(policy: NetworkPolicy, resolve: Resolve, onResolved: () => void): Resolve {
  return async (name) => {
    const addresses = await resolve(name)
    onResolved()
    if (!addresses.every((address) => isAllowedAddress(policy, address))) throw blockedAddress()
    return addresses
  }
}

function lookupBy(resolve: Resolve): LookupFunction {
  const answer = callbackify(async (name: string) => {
    const addresses = await resolve(name)
    return addresses.map((address) => ({ address, family: isIP(address) }))
  })
  // `autoSelectFamily` asks for all addresses at once, so that this is always the answer's form.
  return (name, _options, callback) => answer(name, callback)
}
