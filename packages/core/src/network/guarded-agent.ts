import { isIP, type LookupFunction, Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import { callbackify } from 'node:util'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import type { Clock } from '../clock.ts'
import { isAllowedAddress } from './address-policy.ts'
import { limitAnswers } from './answer-limit.ts'
import { ConnectionProgress, type Dial, type DialPhase } from './connection-progress.ts'
import { blockedAddress, DialError, explainDialError } from './dial-error.ts'
import { IdentityAgents } from './identity-agents.ts'
import type { NetworkPolicy } from './network-policy.ts'
import { openTunnel } from './proxy-tunnel.ts'
import { createResolver, type Resolve, resolveBy } from './resolver.ts'
import { tlsContext, type TlsIdentity } from './tls-identity.ts'

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

/** The one way out. */
export interface GuardedAgent {
  /** As undici has it. With an identity it goes over connections that no other one has. */
  dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
    identity?: TlsIdentity,
  ): boolean
  /** How far the connection to an origin has come that is waited for; undefined where none is being made. */
  dialPhase(origin: string): DialPhase | undefined
  /** Whether a receiver has yet to take what was written to it. */
  isSending(origin: string): boolean
  /** Ends what is under way. */
  destroy(): Promise<void>
}

/**
 * Makes the one way out: an agent that connects to allowed addresses only, whatever name or literal leads there, today or
 * later. It follows no redirects and heeds no proxies of the environment. Connections are kept alive and used again.
 */
export function createGuardedAgent(
  policy: NetworkPolicy,
  clock: Clock,
  { connections, connectTimeoutMs = 10_000, onPhase = () => {} }: GuardedAgentOptions = {},
): GuardedAgent {
  const resolve =
    policy.lookup === undefined
      ? createResolver(clock, { asksSystem: policy.allowsInsideNames })
      : resolveBy(policy.lookup, clock)
  const progress = new ConnectionProgress(onPhase)
  const agentWith = (secureContext: SecureContext | undefined): Agent =>
    new Agent({
      connect: guardedConnector(policy, { resolve, progress, secureContext, timeoutMs: connectTimeoutMs }),
      ...(connections !== undefined && { connections }),
      allowH2: false,
      pipelining: 1,
      maxHeaderSize: 16_384,
      // These start anew with every 103 and every byte. The one deadline of a request is its sender's to keep.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  const usual = agentWith(policy.secureContext)
  const others = new IdentityAgents((identity) => agentWith(contextOf(policy, identity)), clock)
  return {
    dispatch: (options, handler, identity) =>
      (identity === undefined ? usual : others.of(identity)).dispatch(options, handler),
    dialPhase: (origin) => progress.dialPhase(origin),
    isSending: (origin) => progress.isSending(origin),
    async destroy() {
      await Promise.all([usual.destroy(), others.destroy()])
    },
  }
}

/** It was tried when it was saved; OpenSSL may have become stricter since. */
function contextOf(policy: NetworkPolicy, identity: TlsIdentity): SecureContext {
  try {
    return tlsContext(policy, identity)
  } catch (error) {
    throw new DialError('tls', 'The certificates of the webhook cannot be used any more: set new ones', error)
  }
}

interface Dialling {
  resolve: Resolve
  progress: ConnectionProgress
  /** Of connections to receivers. That to a proxy is the host's own matter. */
  secureContext: SecureContext | undefined
  timeoutMs: number
}

/**
 * Vets where it dials: a name through the look-up of the very connection, so that what was vetted is what is dialled and
 * DNS has no second word (rebinding); a literal here, since no look-up is made for it.
 */
function guardedConnector(
  policy: NetworkPolicy,
  { resolve, progress, secureContext, timeoutMs }: Dialling,
): buildConnector.connector {
  const { proxy, sourceAddress } = policy
  const vetted = vettedResolve(policy, resolve)
  const connect = buildConnector({
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

  function direct(target: buildConnector.Options, dial: Dial, callback: buildConnector.Callback): void {
    const from = sourceAddress === undefined ? {} : { localAddress: sourceAddress }
    // Returned, though the types keep quiet about it.
    const dialling: unknown = connect({ ...target, ...from }, (error, socket) => {
      dial.end(error === null ? socket : null)
      if (error !== null) callback(explainDialError(error, dial.phase), null)
      else callback(null, limitAnswers(socket.ref()))
    })
    if (!(dialling instanceof Socket)) return
    // A process that is done must not wait for a dead receiver. Whoever does wait for it holds a timer.
    dialling.unref()
    dialling.once('lookup', (error) => error ?? dial.enter('connect'))
    if (target.protocol === 'https:') dialling.once('connect', () => dial.enter('tls'))
  }

  const tunnel = callbackify(async (through: URL, target: buildConnector.Options, dial: Dial) => {
    const [address = ''] = isIP(target.hostname) === 0 ? await vetted(target.hostname) : [target.hostname]
    dial.enter('connect')
    const port = Number(target.port) || (target.protocol === 'https:' ? 443 : 80)
    const options = { timeoutMs, localAddress: sourceAddress, secureContext: policy.secureContext }
    return openTunnel(through, { address, port }, options)
  })

  return (target, callback) => {
    const isLiteral = isIP(target.hostname) !== 0
    if (isLiteral && !isAllowedAddress(policy, target.hostname)) {
      process.nextTick(callback, blockedAddress(), null)
      return
    }
    const dial = progress.begin(`${target.protocol}//${target.host}`, isLiteral ? 'connect' : 'dns')
    if (proxy === undefined) return direct(target, dial, callback)
    tunnel(proxy, target, dial, (error, socket) => {
      if (error) {
        dial.end(null)
        return callback(explainDialError(error, dial.phase), null)
      }
      if (target.protocol === 'https:') {
        dial.enter('tls')
        return direct({ ...target, httpSocket: socket }, dial, callback)
      }
      dial.end(socket)
      callback(null, limitAnswers(socket.setNoDelay(true).ref()))
    })
  }
}

/** One forbidden address refuses them all: a set that mixes inside and outside is an attack, or a mistake. */
function vettedResolve(policy: NetworkPolicy, resolve: Resolve): Resolve {
  return async (name) => {
    const addresses = await resolve(name)
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
