// A worker that claims and settles until nothing is left, and says what it was given. Run by processes.test.ts.
import { once } from 'node:events'
import { sqliteStorage } from '@leadhooks/sqlite'
import { claimAll, settled } from './rows.ts'

const [path = ''] = process.argv.slice(2)

async function work(): Promise<void> {
  const storage = sqliteStorage({ path, synchronous: 'NORMAL' })
  const given: string[] = []
  for (;;) {
    const claimed = await storage.claimDeliveries({ ...claimAll, limit: 7 })
    if (claimed.length === 0) break
    // All of them hold something before the first goes on, so that each has a share.
    if (given.length === 0) await meetOthers()
    given.push(...claimed.map(({ id }) => id))
    const written = await storage.settleDeliveries(
      claimed.map((one) => settled(one)),
      {},
    )
    if (!written.every(Boolean)) throw new Error('A lease was lost')
  }
  await storage.close()
  process.send?.(given)
  process.disconnect()
}

async function meetOthers(): Promise<void> {
  const othersAreThere = once(process, 'message')
  process.send?.('holding')
  await othersAreThere
}

process.once('message', () => void work())
process.send?.('ready')
