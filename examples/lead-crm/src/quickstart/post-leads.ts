import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { untilFinished } from './deliveries.ts'
import type { Customer } from './sign-up.ts'
import type { Stage } from './stage.ts'

const lead = z.object({ id: z.string() })

/** Two leads and a change, over HTTP with the key. Answers the id of the first. */
export async function postLeads({ log }: Stage, { call }: Customer): Promise<string> {
  const ada = { name: 'Ada Lovelace', email: 'ada@example.com', phone: '+442079460018', source: 'website' }
  const { id } = await call('POST /leads', lead, ada)
  await wait(100)
  await call('POST /leads', lead, { name: 'Alan Turing', email: 'alan@example.com', source: 'open house' })
  await wait(100)
  await call(`PATCH /leads/${id}`, lead, { status: 'contacted' })
  await untilFinished(call)
  await log.printed()
  return id
}
