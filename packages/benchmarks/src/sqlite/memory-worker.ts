// A host's process that only sends, and tells how much memory it uses when asked.
import { openDatabase, openLeadhooks } from './open.ts'

const [path = '', encryptionKey = ''] = process.argv.slice(2)
const database = openDatabase(path)
const leadhooks = await openLeadhooks(database, { encryptionKey })
leadhooks.startWorker()

process.on('message', () => {
  // First: the collection that the live part asks for must not flatter it.
  const resident = process.memoryUsage.rss()
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  process.send?.({ live: heapUsed + external, resident })
})
process.on('disconnect', () => process.exit(0))
process.send?.('started')
