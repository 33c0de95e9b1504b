import { z } from 'zod'
import { LeadhooksError } from '../errors.ts'
import type { Leadhooks } from '../leadhooks.ts'
import type { WorkerStatus } from '../model/worker-status.ts'
import { dateTime, type Json } from './answers.ts'
import { operation } from './route.ts'

const liveness = z.object({ status: z.literal('ok') }).meta({ id: 'Liveness' })

// What is wrong is for those who run it, who find it in the log and by `doctor`: this is open to all.
const readiness = z
  .object({
    status: z.enum(['ready', 'degraded']),
    checks: z.record(z.string(), z.enum(['ok', 'warning', 'problem'])),
  })
  .meta({ id: 'Readiness', description: '503 where it is not: the process cannot do its work' })

export const showLiveness = operation({
  id: 'showLiveness',
  answer: liveness,
  handle: () => ({ status: 'ok' }),
})

export const showReadiness = operation({
  id: 'showReadiness',
  answer: readiness,
  handle: ({ leadhooks }) => readinessOf(leadhooks),
})

/** The same under the name that most look for. */
export const showStatus = operation({
  id: 'showStatus',
  answer: readiness,
  handle: ({ leadhooks }) => readinessOf(leadhooks),
})

const worker = z
  .object({
    id: z.string(),
    host: z.string(),
    version: z.string(),
    inFlight: z.int().meta({ description: 'How many deliveries it had with its last beat' }),
    startedAt: dateTime,
    lastBeatAt: dateTime,
    silentMs: z.number().meta({ description: 'For how long nothing was heard of it' }),
    isAlive: z.boolean().meta({ description: 'Whether it was heard of in the last minute' }),
  })
  .meta({ id: 'Worker' }) satisfies z.ZodType<Json<WorkerStatus>>

/** Names of machines are for those who run them. */
export const listWorkers = operation({
  id: 'listWorkers',
  isForStaff: true,
  answer: z.object({ data: z.array(worker) }),
  handle: async ({ leadhooks }) => ({ data: await leadhooks.health.workers() }),
})

async function readinessOf(leadhooks: Leadhooks): Promise<z.output<typeof readiness>> {
  const { status, checks } = await leadhooks.health.ready()
  const failed = checks.filter((one) => one.status === 'problem').map(({ check }) => check)
  if (status === 'not_ready')
    throw new LeadhooksError('not_ready', `Not ready, because of: ${failed.join(', ')}`)
  return { status, checks: Object.fromEntries(checks.map((one) => [one.check, one.status])) }
}
