// Prints what verifyWebhook says of each request on standard input: see ../README.md.
import { createInterface } from 'node:readline'
import { SignatureError, verifyWebhook } from './verify-webhook.mjs'

const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature']
const decode = (field) => Buffer.from(field, 'base64')

for await (const line of createInterface({ input: process.stdin })) {
  const [body, secrets, ...rest] = line.split('\t')
  const [now, tolerance] = rest.slice(3).map(Number)
  const sent = names.map((name, i) => [name, rest[i]]).filter(([, value]) => value !== '-')
  const headers = Object.fromEntries(sent.map(([name, value]) => [name, decode(value).toString()]))
  const keys = secrets
    .split(',')
    .slice(1)
    .map((secret) => decode(secret).toString())
  try {
    verifyWebhook(decode(body), headers, keys, { now, tolerance })
    console.log('ok')
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error
    console.log(error.code)
  }
}
