import { z } from 'zod'
import { listDeliveries, untilFinished } from './deliveries.ts'
import type { Customer } from './sign-up.ts'
import type { Stage } from './stage.ts'

/** Repairs the broken receiver and sends it again what it missed. Answers the id of a dead letter. */
export async function replayDeadLetters({ log }: Stage, { call, repairReceiver }: Customer): Promise<string> {
  repairReceiver()
  const deliveries = await listDeliveries(call)
  const deadLetters = deliveries.filter(({ status }) => status === 'dead_letter')
  for (const { id } of deadLetters) await call(`POST /api/v1/deliveries/${id}/replay`, z.unknown())
  await untilFinished(call)
  await log.printed()

  const [first] = deadLetters
  if (first === undefined) throw new Error('The broken webhook has no dead letters')
  return first.id
}
