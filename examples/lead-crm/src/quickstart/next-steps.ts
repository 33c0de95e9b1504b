import * as narrator from './narrator.ts'

export interface NextSteps {
  crmUrl: string
  receiverUrl: string
  /** Opens the screens in a browser. */
  screensUrl: string
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
  screensUrl,
  token,
  secret,
  leadId,
  deliveryId,
}: NextSteps): void {
  const key = `-H 'X-API-Key: ${token}'`
  const json = `-H 'Content-Type: application/json'`
  const api = `${crmUrl}/api/v1`
  const delivery = `${api}/deliveries/${deliveryId}`

  narrator.title('Your turn: paste these in another terminal, and watch what arrives here. Ctrl-C ends it.')
  narrator.command('Open the screens in your browser: this address works once', [screensUrl])
  narrator.command('Post a lead', [
    `curl ${crmUrl}/leads`,
    key,
    json,
    `-d '{"name":"Grace Hopper","email":"grace@example.com"}'`,
  ])
  narrator.command('Register a webhook for changes only (with a secret that the receiver there knows)', [
    `curl ${api}/webhooks`,
    key,
    json,
    `-d '{"name":"updates","url":"${receiverUrl}/healthy","eventTypes":["lead_update"],\n       "secret":"${secret}"}'`,
  ])
  narrator.command('Change a lead: the new webhook hears of it too', [
    `curl -X PATCH ${crmUrl}/leads/${leadId}`,
    key,
    json,
    `-d '{"status":"won"}'`,
  ])
  narrator.command('See the newest deliveries', [`curl '${api}/deliveries?limit=3'`, key])
  narrator.command('See a dead letter, with every attempt', [`curl ${delivery}`, key])
  narrator.command('Replay it once more', [`curl -X POST ${delivery}/replay`, key])
  narrator.command('Forget the key: 401', [`curl -i ${crmUrl}/leads`])
  narrator.command('See in the headers what is left of the 1,000 requests an hour', [
    `curl -i ${crmUrl}/leads`,
    key,
  ])
  narrator.command('Post a lead that is none: 400, saying what is wrong', [
    `curl -i ${crmUrl}/leads`,
    key,
    json,
    `-d '{"name":"","email":"nobody"}'`,
  ])
  narrator.header()
}
