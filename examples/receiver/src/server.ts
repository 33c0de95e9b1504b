import { Inbox } from './inbox.ts'
import { frameworks, startReceiver } from './start-receiver.ts'

const { PORT = '4200', FRAMEWORK = 'express', WEBHOOK_SECRET = '' } = process.env
const secret = WEBHOOK_SECRET.split(',').filter((one) => one !== '')
const framework = frameworks.find((one) => one === FRAMEWORK)

if (secret.length === 0)
  fail('WEBHOOK_SECRET is missing: it was shown when the webhook was made (see .env.example)')
if (framework === undefined) fail(`FRAMEWORK must be one of ${frameworks.join(', ')}, got "${FRAMEWORK}"`)

const server = await startReceiver(framework, { secret, inbox: new Inbox() }, Number(PORT))
console.log(`Receives at http://localhost:${PORT}/webhooks, with ${framework}`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.close())

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
