// A host's process that only sends: started, and killed, by kill.test.ts.
import { createLeadhooks } from '@leadhooks/core'
import { sqliteStorage } from '@leadhooks/sqlite'

const [path = '', encryptionKey] = process.argv.slice(2)
const leadhooks = createLeadhooks({
  storage: sqliteStorage({ path }),
  encryptionKeys: [{ id: 'k1', key: encryptionKey }],
  network: { allowPrivateAddresses: true, allowHttp: true },
  delivery: { leaseMs: 1000 },
})
await leadhooks.migrate()
leadhooks.startWorker()
process.send?.('started')
process.on('disconnect', () => process.exit(0))
