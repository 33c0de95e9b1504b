import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLeadhooks, type DeliveryStatus, type Leadhooks } from '@leadhooks/core'
import { sqliteStorage } from '@leadhooks/sqlite'
import { expect, onTestFinished, test } from 'vitest'

const organizationId = 'acme'
const total = 1000

/** Counts the requests of each event, and tells when there were `until` in all. */
async function startReceiver(): Promise<{
  url: string
  seen: Map<string, number>
  until(requests: number): Promise<void>
}> {
  const seen = new Map<string, number>()
  let requests = 0
  const waiting = new Set<{ wanted: number; reached: () => void }>()
  const server = createServer((request, response) => {
    const id = String(request.headers['webhook-id'])
    seen.set(id, (seen.get(id) ?? 0) + 1)
    requests++
    for (const one of waiting) if (requests >= one.wanted) one.reached()
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    until: (wanted) => new Promise((reached) => waiting.add({ wanted, reached })),
  }
}

function startWorkerProcess(path: string, encryptionKey: string): ChildProcess {
  const child = fork(new URL('worker-process.ts', import.meta.url), [path, encryptionKey], {
    execArgv: ['--conditions=@leadhooks/source'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function countByStatus(leadhooks: Leadhooks): Promise<Partial<Record<DeliveryStatus, number>>> {
  const counts: Partial<Record<DeliveryStatus, number>> = {}
  let cursor: string | undefined
  do {
    const page = await leadhooks.deliveries.list({ organizationId, limit: 100, cursor })
    for (const { status } of page.data) counts[status] = (counts[status] ?? 0) + 1
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return counts
}

test(
  'a process killed three times in the middle of 1,000 deliveries loses none of them',
  { timeout: 60_000 },
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'leadhooks-kill-'))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    const path = join(directory, 'crm.db')
    const encryptionKey = randomBytes(32).toString('base64')
    const receiver = await startReceiver()

    const leadhooks = createLeadhooks({
      storage: sqliteStorage({ path }),
      encryptionKeys: [{ id: 'k1', key: encryptionKey }],
      network: { allowPrivateAddresses: true, allowHttp: true },
    })
    onTestFinished(() => leadhooks.close())
    await leadhooks.migrate()
    await leadhooks.webhooks.create({ organizationId, url: receiver.url, concurrency: 50 })
    const events = Array.from({ length: total }, (_, n) => ({
      organizationId,
      id: `evt_${n}`,
      type: 'new_lead',
      data: { n },
    }))
    await leadhooks.dispatchEvents(events)

    for (const requests of [150, 400, 650]) {
      const reached = receiver.until(requests)
      const child = startWorkerProcess(path, encryptionKey)
      await reached
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    const unfinished = async (): Promise<number> => {
      const { pending = 0, retrying = 0 } = await countByStatus(leadhooks)
      return pending + retrying
    }
    expect(await unfinished()).toBeGreaterThan(0)

    startWorkerProcess(path, encryptionKey)
    await expect.poll(unfinished, { timeout: 30_000, interval: 100 }).toBe(0)
    expect(await countByStatus(leadhooks)).toEqual({ delivered: total })
    expect(receiver.seen.size).toBe(total)
    // A request is made again only where a kill came between it and its row: each kill can have caught what was under way.
    const extra = [...receiver.seen.values()].reduce((sum, count) => sum + count - 1, 0)
    expect(extra).toBeLessThan(3 * 400)
  },
)
