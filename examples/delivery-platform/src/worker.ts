// Sends what is due. Start as many as there is work for, on as many machines as you like.
import { createServer } from 'node:http'
import { run } from './run.ts'

await run(async ({ leadhooks, metrics }, { METRICS_PORT: port }) => {
  const worker = leadhooks.startWorker()
  const server = createServer((_request, response) => {
    void metrics.metrics().then((text) => response.setHeader('content-type', metrics.contentType).end(text))
  })
  server.listen(port, () =>
    console.log(JSON.stringify({ level: 'info', msg: 'The worker is sending', address: server.address() })),
  )
  return async () => {
    server.close()
    server.closeAllConnections()
    await worker.stop({ timeoutMs: 10_000 })
  }
})
