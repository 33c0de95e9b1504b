// Prints vectors.json: node packages/verify-signature/test/make-vectors.ts > packages/verify-signature/vectors.json
// Signs with bare node:crypto and imports nothing of the package, so that the vectors are a second opinion on it.
import { createHmac, createPrivateKey, sign as signEd25519 } from 'node:crypto'

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

const now = 1_767_225_600
const id = 'evt_01JGFJJZ00000000000000TEST'
const body =
  '{"id":"evt_01JGFJJZ00000000000000TEST","event":"new_lead","timestamp":"2026-01-01T00:00:00.000Z","data":{"name":"Ada"}}'
const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, i) => (i * 7 + 1) % 256))
const whsec = (key: Buffer): string => `whsec_${key.toString('base64')}`

const secret = whsec(bytes(32))
const otherSecret = whsec(Buffer.alloc(32, 5))

const key = (text: string): Buffer => Buffer.from(text.slice(text.indexOf('_') + 1), 'base64')
const hmac = (hmacKey: string | Buffer, ...parts: (string | Buffer)[]): Buffer =>
  parts
    .reduce<ReturnType<typeof createHmac>>((mac, part) => mac.update(part), createHmac('sha256', hmacKey))
    .digest()

/** The base64 of a `v1` signature, without the version. */
const v1 = (by = secret, over: { id?: string; timestamp?: string; body?: string | Buffer } = {}): string =>
  hmac(key(by), `${over.id ?? id}.${over.timestamp ?? now}.`, over.body ?? body).toString('base64')

const privateKey =
  'whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=='
const publicKey = `whpk_${key(privateKey).subarray(32).toString('base64')}`
const otherPrivateKey = `whsk_${bytes(32).toString('base64')}`

/** The bytes of a `v1a` signature. */
const v1a = (by = privateKey, overBody = body): Buffer => {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), key(by).subarray(0, 32)])
  return signEd25519(
    null,
    Buffer.from(`${id}.${now}.${overBody}`),
    createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
  )
}

/** The same signature with the order of the group added to its second half: RFC 8032 (5.1.7) forbids to accept it. */
const malleable = (signature: Buffer): Buffer => {
  const order = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order
  return Buffer.concat([
    signature.subarray(0, 32),
    Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse(),
  ])
}

const vectors: Vector[] = []

function standard(
  name: string,
  expect: string,
  changes: Partial<Vector> & { signature?: string } = {},
): void {
  const { signature = `v1,${v1()}`, ...rest } = changes
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(now), 'webhook-signature': signature }
  vectors.push({
    name,
    scheme: 'v1',
    secrets: [secret],
    headers,
    body,
    now,
    toleranceSeconds: 300,
    expect,
    ...rest,
  })
}

function withHeaders(name: string, expect: string, changes: Vector['headers'], remove: string[] = []): void {
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(now),
    'webhook-signature': `v1,${v1()}`,
    ...changes,
  }
  const kept = Object.entries(headers).filter(([header]) => !remove.includes(header))
  standard(name, expect, { headers: Object.fromEntries(kept) })
}

function withBody(name: string, expect: string, text: string | Buffer): void {
  const signature = `v1,${v1(secret, { body: text })}`
  if (typeof text === 'string') return standard(name, expect, { body: text, signature, signWith: [secret] })
  const vector = { bodyBase64: text.toString('base64'), signature, signWith: [secret] }
  standard(name, expect, vector)
  delete vectors.at(-1)?.body
}

function bodyOnly(
  name: string,
  expect: string,
  changes: Partial<Vector> & { signature?: string | string[] } = {},
): void {
  const { signature = `sha256=${hmac(secret, body).toString('hex')}`, ...rest } = changes
  const headers = { 'x-webhook-signature': signature }
  vectors.push({
    name,
    scheme: 'sha256',
    secrets: [secret],
    headers,
    body,
    now,
    toleranceSeconds: 300,
    expect,
    ...rest,
  })
}

// Published by the specification and by GitHub.
const published = { now: 1_614_265_330, body: '{"test": 2432232314}' }
const publishedHeaders = { 'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek', 'webhook-timestamp': '1614265330' }
standard('the published v1 signature of Standard Webhooks', 'ok', {
  ...published,
  secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  headers: { ...publishedHeaders, 'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=' },
  signWith: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
})
standard('the published v1a signature of Standard Webhooks', 'ok', {
  ...published,
  scheme: 'v1a',
  secrets: [publicKey],
  headers: {
    ...publishedHeaders,
    'webhook-signature':
      'v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==',
  },
  signWith: [privateKey],
})
bodyOnly("GitHub's published sha256 signature (its body is plain text)", 'invalid_payload', {
  secrets: ["It's a Secret to Everybody"],
  body: 'Hello, World!',
  signature: 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  signWith: ["It's a Secret to Everybody"],
})

// Bodies.
standard('a good delivery', 'ok', { signWith: [secret] })
withBody('a body beyond ASCII', 'ok', '{"name":"Zoë Дарья 李雷 🚀","rtl":"\u202Eabc"}')
withBody(
  'a body with escapes, which must not be normalized',
  'ok',
  String.raw`{"name":"Zo\u00eb","slash":"a\/b"}`,
)
withBody('a body with line breaks and spaces at its ends', 'ok', '\r\n {"a" : 1}\n\n')
withBody('a number that loses digits when parsed', 'ok', '{"n":12345678901234567890.10}')
withBody('the same key twice', 'ok', '{"a":1,"a":2}')
withBody('a JSON value that is no object', 'ok', 'null')
withBody('an empty body, signed', 'invalid_payload', '')
withBody('a body that is not JSON, signed', 'invalid_payload', 'a=1&b=2')
withBody('a body that is cut off, signed', 'invalid_payload', body.slice(0, -1))
withBody('a body that is not UTF-8, signed', 'invalid_payload', Buffer.from('{"name":"Zo\u00eb"}', 'latin1'))
withBody('a byte order mark before the JSON, signed', 'invalid_payload', Buffer.from('\uFEFF{"a":1}'))
standard('a tampered body', 'no_match', { body: body.replace('Ada', 'Eve') })
standard('a body parsed and serialized with other spaces', 'no_match', { body: body.replaceAll('":', '": ') })
standard('a body with a line break added', 'no_match', { body: `${body}\n` })
standard('a tampered body that is no JSON any more', 'no_match', { body: body.slice(1) })
standard('an empty body under the signature of another', 'no_match', { body: '' })

// Ids.
withHeaders('a tampered id', 'no_match', { 'webhook-id': 'evt_2' })
for (const [name, strange, expect] of [
  ['an id of 128 characters', 'a'.repeat(128), 'ok'],
  ['an id of one character', '_', 'ok'],
  ['an id of 129 characters', 'a'.repeat(129), 'invalid_header'],
  ['an id with a dot, which could move the border between id and timestamp', 'evt.1', 'invalid_header'],
  ['an id with a line break', 'evt_1\r\nx: y', 'invalid_header'],
  ['an id with a line break at its end', 'evt_1\n', 'invalid_header'],
  ['an id with a space', 'evt 1', 'invalid_header'],
  ['an id beyond ASCII', 'évt', 'invalid_header'],
  ['an empty id', '', 'invalid_header'],
  ['two ids joined to one header', `${id}, ${id}`, 'invalid_header'],
] as const) {
  withHeaders(name, expect, {
    'webhook-id': strange,
    'webhook-signature': `v1,${v1(secret, { id: strange })}`,
  })
}

// Timestamps. All are signed as they stand, so that only a strict parser refuses them.
for (const junk of [
  '123abc',
  '1e9',
  ' 123',
  '123 ',
  '+5',
  '-1',
  '',
  '0x10',
  '1.5',
  '1_000',
  `0${now}`,
  '１２３',
  'NaN',
  'Infinity',
  '9'.repeat(40),
]) {
  const signature = `v1,${v1(secret, { timestamp: junk })}`
  withHeaders(`the timestamp ${JSON.stringify(junk)}`, 'invalid_timestamp', {
    'webhook-timestamp': junk,
    'webhook-signature': signature,
  })
}
withHeaders('a timestamp in milliseconds', 'invalid_timestamp', {
  'webhook-timestamp': `${now}000`,
  'webhook-signature': `v1,${v1(secret, { timestamp: `${now}000` })}`,
})
withHeaders('two timestamps joined to one header', 'invalid_timestamp', {
  'webhook-timestamp': `${now}, ${now}`,
})
withHeaders('a timestamp as an HTTP date', 'invalid_timestamp', {
  'webhook-timestamp': 'Thu, 01 Jan 2026 00:00:00 GMT',
})
withHeaders('the epoch itself', 'timestamp_too_old', {
  'webhook-timestamp': '0',
  'webhook-signature': `v1,${v1(secret, { timestamp: '0' })}`,
})
withHeaders('a tampered timestamp', 'no_match', { 'webhook-timestamp': String(now + 1) })
for (const [name, offset, toleranceSeconds, expect] of [
  ['signed exactly as long ago as the tolerance', -300, 300, 'ok'],
  ['signed one second longer ago than the tolerance', -301, 300, 'timestamp_too_old'],
  ['signed a day ago', -86_400, 300, 'timestamp_too_old'],
  ['signed exactly as far in the future as the tolerance', 300, 300, 'ok'],
  ['signed one second further in the future than the tolerance', 301, 300, 'timestamp_too_new'],
  ['signed a day in the future', 86_400, 300, 'timestamp_too_new'],
  ['no tolerance, signed in this second', 0, 0, 'ok'],
  ['no tolerance, signed one second ago', -1, 0, 'timestamp_too_old'],
  ['no tolerance, signed one second in the future', 1, 0, 'timestamp_too_new'],
  ['a tolerance of an hour, signed half an hour ago', -1800, 3600, 'ok'],
] as const) {
  standard(name, expect, {
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(now + offset),
      'webhook-signature': `v1,${v1(secret, { timestamp: String(now + offset) })}`,
    },
    toleranceSeconds,
  })
}
standard('stale, and not signed by us either', 'timestamp_too_old', {
  now: now + 301,
  signature: `v1,${v1(otherSecret)}`,
})

// Headers.
for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
  withHeaders(`no ${name}`, 'missing_header', {}, [name])
  withHeaders(`${name} sent twice`, 'invalid_header', { [name]: ['1', '1'] })
}
withHeaders('each header as a list of one', 'ok', {
  'webhook-id': [id],
  'webhook-timestamp': [String(now)],
  'webhook-signature': [`v1,${v1()}`],
})
standard('no headers at all', 'missing_header', { headers: {} })
standard('header names in capitals', 'ok', {
  headers: { 'WEBHOOK-ID': id, 'Webhook-Timestamp': String(now), 'WebHook-Signature': `v1,${v1()}` },
})
withHeaders('the same header in two spellings', 'invalid_header', { 'Webhook-Id': id })
withHeaders('other headers around', 'ok', {
  host: 'example.com',
  'x-webhook-signature': 'sha256=0',
  'webhook-id-2': 'x',
})

// Signatures.
const good = v1()
const twice = `v1,${v1(otherSecret)} v1,${good}`
standard('wrong secret', 'no_match', { signature: `v1,${v1(otherSecret)}` })
standard('during a rotation the receiver has the second secret', 'ok', {
  signature: twice,
  signWith: [otherSecret, secret],
})
standard('during a rotation the receiver has the first secret', 'ok', {
  signature: twice,
  secrets: [otherSecret],
})
standard('the receiver has two secrets, the sender signs with the first', 'ok', {
  secrets: [secret, otherSecret],
})
standard('the receiver has two secrets, the sender signs with the second', 'ok', {
  secrets: [otherSecret, secret],
})
standard('two secrets and two signatures', 'ok', { signature: twice, secrets: [secret, otherSecret] })
standard('two secrets and two signatures, none of which match', 'no_match', {
  signature: `v1,${v1(whsec(bytes(40)))} v1,${v1(whsec(bytes(41)))}`,
  secrets: [secret, otherSecret],
})
standard('no secrets match nothing', 'no_match', { secrets: [] })
standard('an unknown version beside a good signature', 'ok', { signature: `v2,abc v1,${good} v9x,+/=` })
standard('unknown versions only', 'no_match', { signature: `v2,${good} v0,${good} v1b,${good}` })
standard('the version in capitals, which is another version', 'no_match', { signature: `V1,${good}` })
standard('a v1 signature that calls itself v1a', 'no_match', { signature: `v1a,${good}` })
standard('malformed base64', 'no_match', { signature: `v1,!!!!${good.slice(4)}` })
standard('base64 without its padding', 'no_match', { signature: `v1,${good.replaceAll('=', '')}` })
standard('base64 with other bits behind the last byte', 'no_match', {
  signature: `v1,${good.replace(/.=$/, nextCharacter)}`,
})
standard('base64url', 'no_match', {
  body: '{"n":0}',
  signature: `v1,${v1(secret, { body: '{"n":0}' }).replaceAll('+', '-').replaceAll('/', '_')}`,
})
standard('hexadecimal where base64 belongs', 'no_match', {
  signature: `v1,${Buffer.from(good, 'base64').toString('hex')}`,
})
standard('only the beginning of the signature', 'no_match', { signature: `v1,${good.slice(0, 20)}` })
standard('only the first half of the digest', 'no_match', {
  signature: `v1,${Buffer.from(good, 'base64').subarray(0, 16).toString('base64')}`,
})
standard('the signature and more', 'no_match', { signature: `v1,${good}AAAA` })
standard('the signature in capitals', 'no_match', { signature: `v1,${good.toUpperCase()}` })
standard('characters that equal the right ones in their low byte', 'no_match', {
  signature: `v1,${String.fromCodePoint(...Array.from(good, (character) => character.charCodeAt(0) + 256))}`,
})
standard('the digest of nothing', 'no_match', { signature: `v1,${hmac(key(secret), '').toString('base64')}` })
standard('the body signed alone', 'no_match', {
  signature: `v1,${hmac(key(secret), body).toString('base64')}`,
})
standard('signed with the text of the secret instead of the bytes it encodes', 'no_match', {
  signature: `v1,${hmac(secret, `${id}.${now}.${body}`).toString('base64')}`,
})
standard('signed with an empty key', 'no_match', {
  signature: `v1,${hmac('', `${id}.${now}.${body}`).toString('base64')}`,
})
for (const [name, signature] of [
  ['an empty signature header', ''],
  ['a version without a signature', 'v1'],
  ['a version with an empty signature', 'v1,'],
  ['a signature without a version', `,${good}`],
  ['two spaces between signatures', `v1,${good}  v1,${good}`],
  ['a space at the end', `v1,${good} `],
  ['a tab between signatures', `v1,${good}\tv1,${good}`],
  ['two signature headers joined to one', `v1,${good}, v1,${good}`],
  ['more than 16 signatures', `${'v2,x '.repeat(16)}v1,${good}`],
] as const) {
  standard(name, 'invalid_header', { signature })
}
standard('16 signatures', 'ok', { signature: `${'v2,x '.repeat(15)}v1,${good}` })

// Secrets.
for (const length of [24, 64]) {
  const edge = whsec(bytes(length))
  standard(`a key of ${length} bytes`, 'ok', {
    secrets: [edge],
    signature: `v1,${v1(edge)}`,
    signWith: [edge],
  })
}
for (const length of [4, 23, 65]) {
  const edge = whsec(bytes(length))
  standard(`a key of ${length} bytes`, 'invalid_secret', { secrets: [edge], signature: `v1,${v1(edge)}` })
}
for (const [name, bad] of [
  ['the empty secret', ''],
  ['a prefix without a key', 'whsec_'],
  ['a secret that lenient decoders take for an empty key', 'whsec_!!!!'],
  ['a secret without its prefix', secret.slice('whsec_'.length)],
  ['a prefix in capitals', secret.replace('whsec_', 'WHSEC_')],
  ['a secret without its padding', secret.replaceAll('=', '')],
  ['a secret in base64url', whsec(Buffer.alloc(33, 0xff)).replaceAll('/', '_')],
  ['a secret with a line break at its end', `${secret}\n`],
  ['a secret with other bits behind the last byte', secret.replace(/.=$/, nextCharacter)],
  ['a private key where the public one belongs', privateKey],
  ['a public key of 31 bytes', `whpk_${bytes(31).toString('base64')}`],
  ['a public key of 33 bytes', `whpk_${bytes(33).toString('base64')}`],
  ['a public key that is not base64', 'whpk_????'],
] as const) {
  standard(name, 'invalid_secret', { secrets: [bad] })
}
standard('a bad secret beside the right one', 'invalid_secret', { secrets: [secret, 'whsec_'] })

// Ed25519.
const asymmetric = { scheme: 'v1a', secrets: [publicKey] } as const
const goodAsymmetric = v1a().toString('base64')
const bothWays = `v1,${good} v1a,${goodAsymmetric}`
standard('a good v1a delivery', 'ok', {
  ...asymmetric,
  secrets: [publicKey],
  signature: `v1a,${goodAsymmetric}`,
  signWith: [privateKey],
})
for (const [name, expect, signature] of [
  ['v1a: a tampered body', 'no_match', `v1a,${v1a(privateKey, '{}').toString('base64')}`],
  ['v1a: the key of another sender', 'no_match', `v1a,${v1a(otherPrivateKey).toString('base64')}`],
  [
    'v1a: during a rotation of keys',
    'ok',
    `v1a,${v1a(otherPrivateKey).toString('base64')} v1a,${goodAsymmetric}`,
  ],
  ['v1a: beside v1, to a receiver that has the public key', 'ok', bothWays],
  ['v1a: a good signature that calls itself v1', 'no_match', `v1,${goodAsymmetric}`],
  ['v1a: an HMAC made with the public key, as v1', 'no_match', `v1,${v1(publicKey)}`],
  ['v1a: an HMAC made with the public key, as v1a', 'no_match', `v1a,${v1(publicKey)}`],
  [
    'v1a: a signature changed into another of equal meaning (malleability)',
    'no_match',
    `v1a,${malleable(v1a()).toString('base64')}`,
  ],
  ['v1a: only the beginning of the signature', 'no_match', `v1a,${v1a().subarray(0, 63).toString('base64')}`],
  [
    'v1a: the signature and more',
    'no_match',
    `v1a,${Buffer.concat([v1a(), Buffer.alloc(1)]).toString('base64')}`,
  ],
  ['v1a: nothing but zeros', 'no_match', `v1a,${Buffer.alloc(64).toString('base64')}`],
  ['v1a: base64 without its padding', 'no_match', `v1a,${goodAsymmetric.replaceAll('=', '')}`],
  ['v1a: malformed base64', 'no_match', `v1a,!!!!${goodAsymmetric.slice(4)}`],
] as const) {
  standard(name, expect, { ...asymmetric, secrets: [publicKey], signature })
}
standard('v1a: beside v1, to a receiver that has the shared secret', 'ok', {
  scheme: 'v1a',
  signature: bothWays,
  signWith: [secret, privateKey],
})
standard('v1a: a shared secret and a public key, one of which matches', 'ok', {
  scheme: 'v1a',
  secrets: [otherSecret, publicKey],
  signature: bothWays,
})

// The body alone.
const hex = hmac(secret, body).toString('hex')
bodyOnly('sha256: a good delivery', 'ok', { signWith: [secret] })
bodyOnly('sha256: bare hexadecimal', 'ok', { signature: hex })
bodyOnly('sha256: a tampered body', 'no_match', { body: body.replace('Ada', 'Eve') })
bodyOnly('sha256: wrong secret', 'no_match', { secrets: [otherSecret] })
bodyOnly('sha256: during a rotation the receiver has both secrets', 'ok', { secrets: [otherSecret, secret] })
bodyOnly('sha256: keyed with the decoded bytes instead of the text of the secret', 'no_match', {
  signature: `sha256=${hmac(key(secret), body).toString('hex')}`,
})
bodyOnly('sha256: a secret beyond ASCII, as UTF-8', 'ok', {
  secrets: ['schlüssel 🔑'],
  signature: `sha256=${hmac('schlüssel 🔑', body).toString('hex')}`,
  signWith: ['schlüssel 🔑'],
})
bodyOnly('sha256: an empty body, signed', 'invalid_payload', {
  body: '',
  signature: `sha256=${hmac(secret, '').toString('hex')}`,
})
bodyOnly('sha256: the empty secret', 'invalid_secret', {
  secrets: [''],
  signature: `sha256=${hmac('', body).toString('hex')}`,
})
bodyOnly('sha256: no header', 'missing_header', { headers: {} })
bodyOnly('sha256: the header sent twice', 'invalid_header', { signature: [`sha256=${hex}`, `sha256=${hex}`] })
bodyOnly('sha256: two headers joined to one', 'invalid_header', { signature: `sha256=${hex}, sha256=${hex}` })
bodyOnly('sha256: header name in capitals', 'ok', { headers: { 'X-Webhook-Signature': `sha256=${hex}` } })
for (const [name, signature] of [
  ['only the beginning of the signature', `sha256=${hex.slice(0, 32)}`],
  ['the prefix alone', 'sha256='],
  ['an empty header', ''],
  ['another algorithm', `sha1=${hex.slice(0, 40)}`],
  ['the digits in capitals', `sha256=${hex.toUpperCase()}`],
  ['the prefix in capitals', `SHA256=${hex}`],
  ['base64 where hexadecimal belongs', `sha256=${Buffer.from(hex, 'hex').toString('base64')}`],
  ['a line break at the end', `sha256=${hex}\n`],
] as const) {
  bodyOnly(`sha256: ${name}`, 'invalid_header', { signature })
}

/** The last character of base64 before one `=` carries two bits that stand for nothing. */
function nextCharacter(end: string): string {
  return `${String.fromCharCode(end.charCodeAt(0) + 1)}=`
}

const about = [
  'Test vectors for receivers of Leadhooks deliveries, in any language. MIT licence, like the package.',
  'scheme: v1 and v1a read webhook-id, webhook-timestamp and webhook-signature (https://www.standardwebhooks.com); sha256 reads x-webhook-signature, whose key is the UTF-8 text of the secret.',
  'secrets: any of them may match. headers: as your HTTP library hands them over; a list is a header sent several times. body: UTF-8 text; bodyBase64 stands in its place for other bytes.',
  'now: the time of the check, in seconds. toleranceSeconds: for both directions; the bounds themselves are good.',
  'expect: ok, or the one code to refuse with. Judged in this order: secrets, presence of the headers, their form, the tolerance, the signatures, and last whether the body is JSON in UTF-8. invalid_payload means that the signature is good: a library that does not parse reads it as ok.',
  'signWith: signing with these secrets, in this order, must give the signature header exactly.',
]
const lines = (list: unknown[]): string => list.map((item) => `    ${JSON.stringify(item)}`).join(',\n')
console.log(`{\n  "about": [\n${lines(about)}\n  ],\n  "vectors": [\n${lines(vectors)}\n  ]\n}`)
