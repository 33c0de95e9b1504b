import type { Socket } from 'node:net'

/** The name is resolved, TCP is connected, TLS is agreed. */
export type DialPhase = 'dns' | 'connect' | 'tls'

/** A connection that is being made. */
export interface Dial {
  readonly phase: DialPhase
  /** The phase before is over. */
  enter(phase: DialPhase): void
  /** It is connected, or never will be. */
  end(socket: Socket | null): void
}

/**
 * How far the connections to each origin have come, for a request that waits for one in vain. undici keeps to itself which
 * connection is for which request; where several to one origin hang, they hang at the same.
 */
export class ConnectionProgress {
  readonly #onPhase: (ended: DialPhase) => void
  readonly #dials = new Map<string, Set<Dial>>()
  readonly #sockets = new Map<string, Set<Socket>>()

  /** `onPhase` is told of each phase that is over. */
  constructor(onPhase: (ended: DialPhase) => void) {
    this.#onPhase = onPhase
  }

  begin(origin: string, first: DialPhase): Dial {
    let phase = first
    const enter = (next: DialPhase): void => {
      if (next === phase) return
      this.#onPhase(phase)
      phase = next
    }
    const end = (socket: Socket | null): void => {
      forget(this.#dials, origin, dial)
      if (socket === null) return
      this.#onPhase(phase)
      keep(this.#sockets, origin, socket)
      socket.once('close', () => forget(this.#sockets, origin, socket))
    }
    const dial: Dial = {
      get phase() {
        return phase
      },
      enter,
      end,
    }
    keep(this.#dials, origin, dial)
    return dial
  }

  /** Of the connection that has been waited for the longest; undefined where none is being made. */
  dialPhase(origin: string): DialPhase | undefined {
    for (const { phase } of this.#dials.get(origin) ?? []) return phase
    return undefined
  }

  /** Whether a receiver has yet to take what was written to it. */
  isSending(origin: string): boolean {
    return [...(this.#sockets.get(origin) ?? [])].some((socket) => socket.writableLength > 0)
  }
}

function keep<T>(sets: Map<string, Set<T>>, origin: string, value: T): void {
  const set = sets.get(origin)
  if (set === undefined) sets.set(origin, new Set([value]))
  else set.add(value)
}

function forget<T>(sets: Map<string, Set<T>>, origin: string, value: T): void {
  const set = sets.get(origin)
  if (set?.delete(value) === true && set.size === 0) sets.delete(origin)
}
