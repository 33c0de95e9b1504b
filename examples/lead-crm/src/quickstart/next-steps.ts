import * as narrator from './narrator.ts'

export interface NextSteps {
  crmUrl: string
  receiverUrl: string
  token: string
  /** A secret that the receiver's `/healthy` knows. */
  secret: string
  leadId: string
  /** A dead letter. */
  deliveryId: string
}

/** Prints commands that work as pasted. */
export function suggestNextSteps({
  crmUrl,
  receiverUrl,
  token,
  secret,
  leadId,
  deliveryId,
}: NextSteps): void {
  const key = `-H 'X-API-Key: ${token}'`
  const json = `-H 'Content-Type: application/json'`
  const api = `${crmUrl}/api/v1`
  const webhook = { url: `${receiverUrl}/healthy`, name: 'updates', eventTypes: ['lead_update'], secret }

  narrator.title('Your turn: paste these in another terminal, and watch what arrives here. Ctrl-C ends it.')
  narrator.command('Post a lead', [
    `curl ${crmUrl}/leads ${json}`,
    key,
    `-d '{"name":"Grace Hopper","email":"grace@example.com"}'`,
  ])
  narrator.command('Change one', [
    `curl -X PATCH ${crmUrl}/leads/${leadId} ${json}`,
    key,
    `-d '{"status":"won"}'`,
  ])
  narrator.command('See the newest deliveries', [`curl '${api}/deliveries?limit=3'`, key])
  narrator.command('See a dead letter, with every attempt', [`curl ${api}/deliveries/${deliveryId}`, key])
  narrator.command('Replay it once more', [`curl -X POST ${api}/deliveries/${deliveryId}/replay`, key])
  narrator.command('Register a webhook, for one event type only', [
    `curl ${api}/webhooks ${json}`,
    key,
    `-d '${JSON.stringify(webhook)}'`,
  ])
  narrator.command('Forget the key: 401', [`curl -i ${crmUrl}/leads`])
  narrator.command('Post a lead that is none: 400, saying what is wrong', [
    `curl -i ${crmUrl}/leads ${json}`,
    key,
    `-d '{"name":"","email":"nobody"}'`,
  ])
  narrator.note('')
}
