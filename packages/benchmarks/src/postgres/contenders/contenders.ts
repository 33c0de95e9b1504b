import { batchedLoop } from './batched-loop.ts'
import { bullmq } from './bullmq.ts'
import type { Contender } from './contender.ts'
import { graphileWorker } from './graphile-worker.ts'
import { leadhooksContender } from './leadhooks.ts'
import { pgBoss, pgBossBatched, pgBossTuned } from './pg-boss.ts'
import { rowByRowLoop } from './row-by-row-loop.ts'

export const contenders = {
  Leadhooks: leadhooksContender,
  'batched loop': batchedLoop,
  'row-by-row loop': rowByRowLoop,
  'pg-boss': pgBoss,
  'pg-boss, tuned': pgBossTuned,
  'pg-boss, tuned, attempts batched': pgBossBatched,
  'graphile-worker': graphileWorker({ batchesAttempts: false }),
  'graphile-worker, attempts batched': graphileWorker({ batchesAttempts: true }),
  BullMQ: bullmq({ batchesAttempts: false }),
  'BullMQ, attempts batched': bullmq({ batchesAttempts: true }),
} satisfies Record<string, Contender>

export type ContenderName = keyof typeof contenders
export const contenderNames = Object.keys(contenders) as ContenderName[]

/** The queues that a team would take instead, as their docs set them up. */
export const peerNames = ['pg-boss', 'graphile-worker', 'BullMQ'] as const satisfies ContenderName[]

/** Those that differ in more than how they empty a full queue. */
export const plainNames = ['Leadhooks', 'batched loop', 'row-by-row loop', ...peerNames] as const
