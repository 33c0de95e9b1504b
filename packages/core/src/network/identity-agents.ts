import type { Agent } from 'undici'
import type { Clock } from '../clock.ts'
import type { TlsIdentity } from './tls-identity.ts'

interface Kept {
  agent: Agent
  usedAt: number
}

/** Each may hold the authorities of a whole host. */
const mostAgents = 100
const longestIdleMs = 60_000

/**
 * An agent for each TLS identity: a connection that was made as one must never be used as another, and no TLS session be taken up
 * again. One that is not used any more, since its webhook has other certificates by now, closes as others are made.
 */
export class IdentityAgents {
  readonly #make: (identity: TlsIdentity) => Agent
  readonly #clock: Clock
  /** The one that was used longest ago comes first. */
  readonly #agents = new Map<string, Kept>()
  readonly #closing = new Set<Agent>()

  constructor(make: (identity: TlsIdentity) => Agent, clock: Clock) {
    this.#make = make
    this.#clock = clock
  }

  of(identity: TlsIdentity): Agent {
    const usedAt = this.#clock.now()
    const known = this.#agents.get(identity.id)
    const agent = known?.agent ?? this.#make(identity)
    this.#agents.delete(identity.id)
    this.#agents.set(identity.id, { agent, usedAt })
    if (known === undefined) this.#closeIdle(usedAt - longestIdleMs)
    return agent
  }

  async destroy(): Promise<void> {
    const agents = [...this.#closing, ...[...this.#agents.values()].map(({ agent }) => agent)]
    await Promise.all(agents.map((agent) => agent.destroy()))
  }

  #closeIdle(since: number): void {
    for (const [id, { agent, usedAt }] of this.#agents) {
      if (usedAt >= since && this.#agents.size <= mostAgents) return
      this.#agents.delete(id)
      this.#closing.add(agent)
      // What is under way ends first.
      void agent.close().finally(() => this.#closing.delete(agent))
    }
  }
}
