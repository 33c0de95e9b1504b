// The main job, shown: leads posted to a CRM reach its customer's webhooks, whatever happens on the way. See README.md.
import { parseArgs } from 'node:util'
import * as narrator from './quickstart/narrator.ts'
import { type NextSteps, suggestNextSteps } from './quickstart/next-steps.ts'
import { postLeads } from './quickstart/post-leads.ts'
import { reachRateLimit } from './quickstart/reach-rate-limit.ts'
import { replayDeadLetters } from './quickstart/replay-dead-letters.ts'
import { type Result, showResult } from './quickstart/result.ts'
import { signUp } from './quickstart/sign-up.ts'
import { type Stage, startStage } from './quickstart/stage.ts'
import { forgeRequest, importDuplicate } from './quickstart/try-what-must-fail.ts'

async function run(isOnce: boolean): Promise<Result | 'interrupted'> {
  const interrupted = untilInterrupted()
  narrator.title('Leadhooks quickstart: a CRM whose customers get API keys, and webhooks that arrive')
  const stage = await startStage()
  try {
    const shown = await Promise.race([demonstrate(stage), interrupted])
    if (shown === 'interrupted') return shown
    if (!isOnce) {
      suggestNextSteps(shown.nextSteps)
      await interrupted
      narrator.title('Stopping: what is under way is finished first')
    }
    return shown.result
  } finally {
    await stage.stop()
  }
}

async function demonstrate(stage: Stage): Promise<{ result: Result; nextSteps: NextSteps }> {
  narrator.step(1, 'Two servers have started')
  narrator.fact('CRM', stage.crmUrl, `Express, Leadhooks at /api/v1, ${stage.database}`)
  narrator.fact('receiver', stage.receiverUrl, "a customer's server: verifies what it is sent")

  narrator.step(2, 'A customer signs up, and registers three webhooks with its key')
  const customer = await signUp(stage)

  narrator.step(3, 'Two leads are posted with the key, and one is changed: every attempt, as it happens')
  narrator.note(
    "Retries wait 0.2, 0.4 and 0.8 s here. This CRM's own are 1, 2, 4, 8 and 16 s; Leadhooks' last 28 hours.",
  )
  narrator.note('Verified: the receiver checked the signature, with @leadhooks/verify-signature.')
  narrator.header()
  const leadId = await postLeads(stage, customer)

  narrator.step(4, 'The broken receiver is repaired, and its dead letters are replayed through the API')
  narrator.header()
  const deliveryId = await replayDeadLetters(stage, customer)

  narrator.step(5, 'What must not happen does not')
  await forgeRequest(stage)
  await importDuplicate(customer)
  await reachRateLimit(stage, customer)

  narrator.title('What came of it')
  const result = await showResult(stage, customer)
  const { organizationId, token, webhooks } = customer
  const screensUrl = stage.screensOf(organizationId)
  const { secret } = webhooks.healthy
  return { result, nextSteps: { ...stage, screensUrl, token, secret, leadId, deliveryId } }
}

async function untilInterrupted(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => resolve('interrupted'))
  })
}

try {
  const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } })
  const outcome = await run(values.once)
  if (outcome === 'interrupted') process.exit(130)
  if (values.once) narrator.json(outcome)
} catch (error) {
  narrator.failure(error instanceof Error ? error.message : String(error))
  process.exit(1)
}
