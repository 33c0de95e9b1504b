import { batchedLoop } from './batched-loop.ts'
import { bullmq } from './bullmq.ts'
import type { Contender } from './contender.ts'
import { graphileWorker } from './graphile-worker.ts'
import { leadhooksContender } from './leadhooks.ts'
import { pgBoss, pgBossBatched, pgBossSingles, pgBossTuned } from './pg-boss.ts'
import { rowByRowLoop } from './row-by-row-loop.ts'

export const contenders = {
  Leadhooks: leadhooksContender,
  'batched loop': batchedLoop,
  'row-by-row loop': rowByRowLoop,
  'pg-boss': pgBoss,
  'pg-boss, one job per fetch': pgBossSingles,
  'pg-boss, tuned': pgBossTuned,
  'pg-boss, tuned, attempts batched': pgBossBatched,
  'graphile-worker': graphileWorker({ batchesAttempts: false }),
  'graphile-worker, attempts batched': graphileWorker({ batchesAttempts: true }),
  BullMQ: bullmq({ batchesAttempts: false }),
  'BullMQ, attempts batched': bullmq({ batchesAttempts: true }),
} satisfies Record<string, Contender>

export type ContenderName = keyof typeof contenders
/** Those that can empty a full queue. */
export const drainNames = (Object.keys(contenders) as ContenderName[]).filter(
  (name) => name !== 'pg-boss, one job per fetch',
)

/** The queues that a team would take instead, as their docs set them up. */
export const peerNames = ['pg-boss', 'graphile-worker', 'BullMQ'] as const satisfies ContenderName[]

/** All that differ where the queue is never full. */
export const steadyNames = [
  'Leadhooks',
  'batched loop',
  'row-by-row loop',
  ...peerNames,
  'pg-boss, one job per fetch',
] as const
