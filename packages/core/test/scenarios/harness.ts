import { randomBytes } from 'node:crypto'
import {
  createLeadhooks,
  type Leadhooks,
  type LeadhooksOptions,
  memoryStorage,
  type Observation,
} from '@leadhooks/core'
import {
  type FakeClock,
  type ReceiverOptions,
  type ScriptedReceiver,
  startReceiver,
} from '@leadhooks/core/testing'
import { onTestFinished } from 'vitest'

export const organizationId = 'acme'

type Settled = Extract<Observation, { type: 'delivery.settled' }>

export interface Harness {
  leadhooks: Leadhooks
  /** Everything that was observed, in that order. */
  observed: readonly Observation[]
  /** Every result that was written or came too late, in that order. */
  settled: readonly Settled[]
  /** Waits until there were `count` results. */
  settledCount: (count: number) => Promise<readonly Settled[]>
}

/** A Leadhooks on memory that may call receivers on loopback. It is closed when the test ends. */
export async function openLeadhooks(options: Partial<LeadhooksOptions> = {}): Promise<Harness> {
  const observed: Observation[] = []
  const settled: Settled[] = []
  const waiting = new Set<() => void>()
  const leadhooks = createLeadhooks({
    storage: memoryStorage(),
    encryptionKeys: [{ id: 'k1', key: randomBytes(32).toString('base64') }],
    network: { allowPrivateAddresses: true, allowHttp: true },
    observe(observation) {
      observed.push(observation)
      if (observation.type !== 'delivery.settled') return
      settled.push(observation)
      for (const check of waiting) check()
    },
    ...options,
  })
  await leadhooks.migrate()
  onTestFinished(() => leadhooks.close())
  return {
    leadhooks,
    observed,
    settled,
    settledCount: (count) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (settled.length < count) return
          waiting.delete(check)
          resolve(settled)
        }
        waiting.add(check)
        check()
      }),
  }
}

/** A receiver that is closed when the test ends. */
export async function openReceiver(options?: ReceiverOptions): Promise<ScriptedReceiver> {
  const receiver = await startReceiver(options)
  onTestFinished(() => receiver.close())
  return receiver
}

export async function dispatch(leadhooks: Leadhooks, count = 1): Promise<void> {
  await leadhooks.dispatchEvents(
    Array.from({ length: count }, (_, n) => ({ organizationId, type: 'new_lead', data: { n } })),
  )
}

/** Something to await that a test resolves by hand. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

/** Lets the time of a fake clock pass in small steps until something has happened over real sockets. */
export async function whileTimePasses<T>(clock: FakeClock, happening: Promise<T>): Promise<T> {
  const state = { isOver: false }
  void happening.finally(() => {
    state.isOver = true
  })
  while (!state.isOver) await clock.advance(1)
  return happening
}

/** What receivers have answered is written behind, a few milliseconds later. */
export async function letSettle(clock: FakeClock): Promise<void> {
  for (let n = 0; n < 100; n++) await clock.advance(1)
}
