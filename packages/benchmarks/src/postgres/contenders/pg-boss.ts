import pg from 'pg'
import { type Job, type JobResult, PgBoss } from 'pg-boss'
import { Agent } from 'undici'
import { postSigned } from '../../post-signed.ts'
import { type AttemptRow, createAttempts, recordAttempts } from './attempts.ts'
import type { Contender } from './contender.ts'
import { type DeliveryJob, deliveryHandler, deliveryJob } from './delivery-job.ts'

const queueName = 'deliveries'

interface Settings {
  /** How many jobs one fetch takes; a fetch takes the next ones when all of them are done. */
  batchSize: number
  /** How many fetch side by side. */
  localConcurrency: (concurrency: number) => number
  /** Whether a batch is recorded by one statement. */
  batchesAttempts: boolean
}

/** Batches of eight, side by side up to the concurrency; NOTIFY, polls as often as it allows, and bursts while batches are full. */
export const pgBoss = contender({
  batchSize: 8,
  localConcurrency: (concurrency) => Math.max(1, Math.floor(concurrency / 8)),
  batchesAttempts: false,
})

/**
 * One job per fetch, as in most of its examples. A worker waits for the next NOTIFY or poll after each job, so a full queue
 * takes minutes; but no job waits for another of its batch.
 */
export const pgBossSingles = contender({
  batchSize: 1,
  localConcurrency: (concurrency) => concurrency,
  batchesAttempts: false,
})

const largeBatches = { batchSize: 500, localConcurrency: () => 2 }

/** Tuned for a full queue: few large batches, which are fetched and completed by few statements. */
export const pgBossTuned = contender({ ...largeBatches, batchesAttempts: false })

/** The same, and the attempts of a batch are written by one statement when its last request has ended. */
export const pgBossBatched = contender({ ...largeBatches, batchesAttempts: true })

function contender({ batchSize, localConcurrency, batchesAttempts }: Settings): Contender {
  return {
    async setup({ postgresUrl }) {
      const boss = await startBoss(postgresUrl)
      await boss.createQueue(queueName, { notify: true, retryLimit: 8, retryBackoff: true, retryDelay: 1 })
      await boss.stop({ close: true })
      const client = new pg.Client(postgresUrl)
      await client.connect()
      await client.query(createAttempts)
      await client.end()
    },

    async openProducer(place) {
      const boss = await startBoss(place.postgresUrl, { supervise: false, schedule: false })
      return {
        enqueue: (lead) => boss.send(queueName, deliveryJob(place, lead)),
        enqueueMany: (leads) =>
          boss.insert(
            queueName,
            leads.map((lead) => ({ data: deliveryJob(place, lead) })),
          ),
        close: () => boss.stop({ close: true }),
      }
    },

    async startWorker({ postgresUrl }, { concurrency, onRecorded }) {
      const pool = new pg.Pool({ connectionString: postgresUrl, max: 16 })
      const agent = new Agent({ connections: concurrency })
      const boss = await startBoss(postgresUrl, { useListenNotify: true })
      const deliverBatch = batchesAttempts
        ? oneStatementHandler(agent, pool, onRecorded)
        : oneByOneHandler(agent, pool, onRecorded)
      await boss.work<DeliveryJob>(
        queueName,
        {
          batchSize,
          localConcurrency: localConcurrency(concurrency),
          burstWhenBatchFull: true,
          pollingIntervalSeconds: 0.5,
          notifyPollingIntervalSeconds: 0.5,
          perJobResults: true,
        },
        deliverBatch,
      )
      return {
        async stop() {
          await boss.stop({ close: true })
          await agent.close()
          await pool.end()
        },
      }
    },
  }
}

async function startBoss(
  connectionString: string,
  options: { useListenNotify?: boolean; supervise?: boolean; schedule?: boolean } = {},
): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString, max: 16, ...options })
  boss.on('error', console.error)
  await boss.start()
  return boss
}

type BatchHandler = (jobs: Job<DeliveryJob>[]) => Promise<JobResult[]>

function oneByOneHandler(agent: Agent, pool: pg.Pool, onRecorded: (count: number) => void): BatchHandler {
  const deliver = deliveryHandler(agent, pool, { batchesAttempts: false, onRecorded })
  return (jobs) =>
    Promise.all(
      jobs.map(({ id, data }) =>
        deliver(data).then(
          (): JobResult => ({ id, status: 'completed' }),
          (error: Error): JobResult => ({ id, status: 'failed', output: { message: error.message } }),
        ),
      ),
    )
}

function oneStatementHandler(agent: Agent, pool: pg.Pool, onRecorded: (count: number) => void): BatchHandler {
  return async (jobs) => {
    const attempts: AttemptRow[] = []
    const results = await Promise.all(
      jobs.map(async ({ id, data }): Promise<JobResult> => {
        try {
          const result = await postSigned(agent, data)
          attempts.push({ eventId: data.eventId, url: data.url, ...result })
          return { id, status: result.statusCode < 300 ? 'completed' : 'failed' }
        } catch (error) {
          return { id, status: 'failed', output: { message: String(error) } }
        }
      }),
    )
    await recordAttempts(pool, attempts)
    onRecorded(attempts.length)
    return results
  }
}
