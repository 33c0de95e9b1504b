// A host's process that serves the management API over HTTP, to be killed. It starts no worker.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLeadhooks } from '@leadhooks/core'
import { sendResponse, toRequest } from '@leadhooks/core/node-http'
import { openPlace, type StoragePlace } from './storage-place.ts'

const { place, encryptionKey } = JSON.parse(process.argv[2] ?? '') as {
  place: StoragePlace
  encryptionKey: string
}
const leadhooks = createLeadhooks({
  storage: openPlace(place),
  encryptionKeys: [{ id: 'k1', key: encryptionKey }],
  network: { allowPrivateAddresses: true, allowHttp: true },
})
const server = createServer((incoming, outgoing) => {
  void leadhooks
    .fetch(toRequest(incoming, outgoing))
    .then(async (response) => sendResponse(response, outgoing))
    .catch(() => outgoing.destroy())
})
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('disconnect', () => process.exit(0))
