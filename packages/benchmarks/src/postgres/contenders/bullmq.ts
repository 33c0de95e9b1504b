import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import pg from 'pg'
import { Agent } from 'undici'
import { createAttempts } from './attempts.ts'
import type { Contender } from './contender.ts'
import { type DeliveryJob, deliveryHandler, deliveryJob } from './delivery-job.ts'

const queueName = 'deliveries'

/**
 * As its pages on production and on concurrency say: finished jobs are removed, and Redis is set up for a queue (see
 * services.ts). The attempts go to Postgres one by one, or `batchesAttempts` by hand.
 */
export const bullmq = ({ batchesAttempts }: { batchesAttempts: boolean }): Contender => ({
  async setup({ postgresUrl }) {
    const client = new pg.Client(postgresUrl)
    await client.connect()
    await client.query(createAttempts)
    await client.end()
  },

  async openProducer(place) {
    const connection = new Redis(place.redisUrl)
    const queue = new Queue<DeliveryJob>(queueName, {
      connection,
      defaultJobOptions: {
        attempts: 8,
        backoff: { type: 'exponential', delay: 1000 },
        removeOnComplete: { count: 1000 },
        removeOnFail: { count: 5000 },
      },
    })
    await queue.waitUntilReady()
    return {
      enqueue: (lead) => queue.add('deliver', deliveryJob(place, lead)),
      enqueueMany: (leads) =>
        queue.addBulk(leads.map((lead) => ({ name: 'deliver', data: deliveryJob(place, lead) }))),
      async close() {
        await queue.close()
        connection.disconnect()
      },
    }
  },

  async startWorker({ postgresUrl, redisUrl }, { concurrency, onRecorded }) {
    const pool = new pg.Pool({ connectionString: postgresUrl, max: 16 })
    const agent = new Agent({ connections: concurrency })
    const deliver = deliveryHandler(agent, pool, { batchesAttempts, onRecorded })
    const connection = new Redis(redisUrl, { maxRetriesPerRequest: null })
    const worker = new Worker<DeliveryJob>(queueName, (job) => deliver(job.data), { connection, concurrency })
    worker.on('error', console.error)
    await worker.waitUntilReady()
    return {
      async stop() {
        await worker.close()
        connection.disconnect()
        await agent.close()
        await pool.end()
      },
    }
  },
})
