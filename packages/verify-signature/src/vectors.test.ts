import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import * as sync from './index.ts'
import * as webcrypto from './webcrypto.ts'

interface Vector {
  name: string
  scheme: 'v1' | 'v1a' | 'sha256'
  secrets: string[]
  headers: Record<string, string | string[]>
  body?: string
  bodyBase64?: string
  now: number
  toleranceSeconds: number
  expect: string
  signWith?: string[]
}

const file = fileURLToPath(new URL('../vectors.json', import.meta.url))
const { vectors }: { vectors: Vector[] } = JSON.parse(readFileSync(file, 'utf8'))

const bytesOf = ({ body, bodyBase64 }: Vector): Buffer =>
  body === undefined ? Buffer.from(bodyBase64 ?? '', 'base64') : Buffer.from(body)

const payloadsOf = (vector: Vector): sync.RawBody[] => {
  const bytes = bytesOf(vector)
  const payloads = [bytes, new Uint8Array(bytes), new Uint8Array(bytes).buffer]
  return vector.body === undefined ? payloads : [vector.body, ...payloads]
}

/** All forms in which frameworks hand over the headers. Not every header can be put into a `Headers`. */
const headersOf = ({ headers }: Vector): sync.WebhookHeaders[] => {
  const forms: sync.WebhookHeaders[] = [headers, new Map(Object.entries(headers))]
  const lines = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value) => [name, value]),
  )
  const isFaithful = lines.every(([, value = '']) => /^([\x21-\x7e]+( [\x21-\x7e]+)*)?$/.test(value))
  // A Headers joins what was sent twice, and the form of the header is wrong then: `invalid_header` for a timestamp
  // too.
  const isSentTwice = lines.length > new Set(lines.map(([name = '']) => name.toLowerCase())).size
  if (isFaithful && !isSentTwice)
    forms.push(new Headers(lines.map(([name = '', value = '']) => [name, value])))
  return forms
}

async function outcome(verify: () => unknown): Promise<string> {
  try {
    await verify()
    return 'ok'
  } catch (error) {
    if (!sync.isSignatureError(error)) throw error
    return error.code
  }
}

for (const [twin, library] of Object.entries({ 'node:crypto': sync, WebCrypto: webcrypto })) {
  describe(twin, () => {
    test.each(vectors)('$scheme: $name', async (vector) => {
      const { scheme, secrets, now, toleranceSeconds } = vector
      const verify = scheme === 'sha256' ? library.verifyBodySignature : library.verifySignature
      // One secret may be given without a list around it.
      const secret = secrets.length === 1 ? secrets[0] : secrets
      for (const headers of headersOf(vector)) {
        for (const payload of payloadsOf(vector)) {
          const input = { payload, headers, secret, toleranceSeconds, now: now * 1000 + 999 }
          expect(await outcome(() => verify(input))).toBe(vector.expect)
        }
      }
    })

    test.each(vectors.filter(({ signWith }) => signWith))('signing gives exactly: $name', async (vector) => {
      const { headers, signWith: secret = [] } = vector
      for (const payload of payloadsOf(vector)) {
        if (vector.scheme === 'sha256') {
          const signature = await library.signBody({ payload, secret: secret[0] ?? '' })
          expect(signature).toBe(headers['x-webhook-signature'])
          continue
        }
        const id = String(headers['webhook-id'])
        const timestamp = Number(headers['webhook-timestamp'])
        const signature = await library.signPayload({ id, timestamp, payload, secret })
        expect(signature).toBe(headers['webhook-signature'])
      }
    })
  })
}

test('vectors.json is what test/make-vectors.ts prints', () => {
  const script = fileURLToPath(new URL('../test/make-vectors.ts', import.meta.url))
  expect(execFileSync(process.execPath, [script], { encoding: 'utf8' })).toBe(readFileSync(file, 'utf8'))
})

test('every code that a request can cause has a vector', () => {
  const guardsOnly = new Set(['payload_too_large', 'body_already_parsed', 'invalid_option'])
  const codes = Object.keys(sync.signatureErrorStatus).filter((code) => !guardsOnly.has(code))
  expect([...new Set(vectors.map((vector) => vector.expect))].sort()).toEqual(['ok', ...codes].sort())
})
