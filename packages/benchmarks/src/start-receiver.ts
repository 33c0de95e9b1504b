import { fork } from 'node:child_process'
import { once } from 'node:events'

export interface Receiver {
  url: string
  /** How many requests it has answered so far. */
  received(): Promise<number>
  stop(): void
}

export async function startReceiver(): Promise<Receiver> {
  const child = fork(new URL('receiver.ts', import.meta.url))
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return {
    url: `http://127.0.0.1:${port}`,
    async received() {
      child.send('count')
      const [{ received }] = (await once(child, 'message')) as [{ received: number }]
      return received
    },
    stop: () => void child.kill(),
  }
}
