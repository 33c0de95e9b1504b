import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import type { SharedServices } from './shared-services.ts'

/**
 * Runs in vitest's main process. Test files run in processes of their own, so they ask for services over HTTP, and only
 * what somebody asks for is loaded and started: a run without databases pays for one listening socket.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let services: Promise<SharedServices> | undefined
  const server = createServer((request, response) => {
    services ??= import('./shared-services.ts').then(({ sharedServices }) => sharedServices())
    services
      .then((shared) => shared.answer(request.url ?? ''))
      .then(
        (answer) => response.end(answer),
        (error: unknown) => response.writeHead(500).end(String(error)),
      )
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  project.provide('testServicesUrl', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return async () => {
    server.close()
    server.closeAllConnections()
    await (await services)?.close()
  }
}
