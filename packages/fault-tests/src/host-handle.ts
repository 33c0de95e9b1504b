import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { compileCache } from './compile-cache.ts'
import type { HostConfig } from './host-config.ts'
import type { Stage } from './stage.ts'

/** Starts a host's process that writes leads with their events (`host-process.ts`), and waits until it does. */
export async function startHost(
  { store, encryptionKey, organizations }: Stage,
  config: Pick<HostConfig, 'name' | 'transactions' | 'committedFile'>,
): Promise<ChildProcess> {
  const whole: HostConfig = { place: store.place, encryptionKey, organizationIds: organizations, ...config }
  const host = fork(new URL('host-process.ts', import.meta.url), [JSON.stringify(whole)], {
    execArgv: ['--conditions=@leadhooks/source'],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
  })
  onTestFinished(() => void host.kill('SIGKILL'))
  await once(host, 'message')
  return host
}
