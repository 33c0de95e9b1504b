import { type AddJobsJobSpec, Logger, makeWorkerUtils, run } from 'graphile-worker'
import pg from 'pg'
import { Agent } from 'undici'
import type { Lead } from '../leads.ts'
import { createAttempts } from './attempts.ts'
import type { Contender, Place } from './contender.ts'
import { type DeliveryJob, deliveryHandler, deliveryJob } from './delivery-job.ts'

const silent = new Logger(() => () => {})

/**
 * As its page on performance says: a local queue, done jobs batched, as many connections as it advises. The attempts are
 * written one by one, or `batchesAttempts` by hand.
 */
export const graphileWorker = ({ batchesAttempts }: { batchesAttempts: boolean }): Contender => ({
  async setup({ postgresUrl }) {
    const utils = await makeWorkerUtils({ connectionString: postgresUrl, logger: silent })
    await utils.migrate()
    await utils.withPgClient((client) => client.query(createAttempts))
    await utils.release()
  },

  async openProducer(place) {
    const utils = await makeWorkerUtils({
      connectionString: place.postgresUrl,
      maxPoolSize: 16,
      logger: silent,
    })
    return {
      enqueue: (lead) => utils.addJob('deliver', deliveryJob(place, lead)),
      enqueueMany: (leads) => utils.addJobs(leads.map((lead) => jobSpec(place, lead))),
      close: async () => utils.release(),
    }
  },

  async startWorker({ postgresUrl }, { concurrency, onRecorded }) {
    const pool = new pg.Pool({ connectionString: postgresUrl, max: 16 })
    const agent = new Agent({ connections: concurrency })
    const deliver = deliveryHandler(agent, pool, { batchesAttempts, onRecorded })
    const runner = await run({
      preset: {
        worker: {
          connectionString: postgresUrl,
          concurrentJobs: concurrency,
          maxPoolSize: Math.max(10, concurrency + 2),
          localQueue: { size: 500 },
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
          logger: silent,
        },
      },
      noHandleSignals: true,
      taskList: { deliver: (payload) => deliver(payload as DeliveryJob) },
    })
    return {
      async stop() {
        await runner.stop()
        await runner.promise
        await agent.close()
        await pool.end()
      },
    }
  },
})

const jobSpec = (place: Place, lead: Lead): AddJobsJobSpec => ({
  identifier: 'deliver',
  payload: deliveryJob(place, lead),
})
