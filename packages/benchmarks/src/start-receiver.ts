import { fork } from 'node:child_process'
import { once } from 'node:events'

export interface ReceiverPlan {
  /** How late it answers. @default 0 */
  delayMs?: number
  /** A path that has a delay of its own. */
  slow?: { path: string; delayMs: number }
  /** Whether it reads each body for the time at which its event was written. @default false */
  measureLatency?: boolean
}

export interface Received {
  received: number
  /** On the monotonic clock of the machine. */
  firstAt: number | null
  lastAt: number | null
  /** Empty unless latencies are measured. */
  paths: Record<string, { latencies: number[]; answered: number }>
}

export type ReceiverCommand = { kind: 'plan'; plan: ReceiverPlan; forget: boolean } | { kind: 'read' }

export interface Receiver {
  url: string
  /** How many requests it has answered so far. */
  received(): Promise<number>
  /** Behaves like this from now on, and begins to count anew. */
  begin(plan: ReceiverPlan): Promise<void>
  /** Behaves like this from now on, and goes on counting. */
  change(plan: ReceiverPlan): Promise<void>
  read(): Promise<Received>
  stop(): void
}

export async function startReceiver(): Promise<Receiver> {
  const child = fork(new URL('receiver.ts', import.meta.url))
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  const ask = async (command: ReceiverCommand): Promise<Received> => {
    child.send(command)
    const [answer] = (await once(child, 'message')) as [Received]
    return answer
  }
  const read = () => ask({ kind: 'read' })
  return {
    url: `http://127.0.0.1:${port}`,
    received: async () => (await read()).received,
    begin: async (plan) => void (await ask({ kind: 'plan', plan, forget: true })),
    change: async (plan) => void (await ask({ kind: 'plan', plan, forget: false })),
    read,
    stop: () => void child.kill(),
  }
}
