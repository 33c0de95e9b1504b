import { describe, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { sendRequest } from '../deliveries/send-request.ts'
import { isLeadhooksError } from '../errors.ts'
import { createGuardedAgent } from './guarded-agent.ts'
import { type NetworkOptions, resolveNetworkPolicy } from './network-policy.ts'
import { checkWebhookUrl } from './url-policy.ts'

const check = (url: string, options: NetworkOptions = {}) =>
  checkWebhookUrl(resolveNetworkPolicy(options), url)

function refusal(url: string, options: NetworkOptions = {}): string {
  try {
    return `saved as ${check(url, options)}`
  } catch (error) {
    if (!isLeadhooksError(error) || error.code !== 'url_not_allowed') throw error
    expect(error.issues).toEqual([{ pointer: '/url', message: error.message }])
    return error.message
  }
}

/** The many ways to write 127.0.0.1 that URL parsers understand, and some for other inside addresses. */
const insideInDisguise = [
  'https://127.0.0.1/',
  'https://127.1/',
  'https://127.0.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0x7f.1/',
  'https://0X7F.0.0.0x1/',
  'https://017700000001/',
  'https://0177.0.0.01/',
  'https://127.0.0.1./',
  'https://127.0.0.1:8443/',
  'https:127.0.0.1/',
  'https:/127.0.0.1/',
  'https:////127.0.0.1/',
  'HTTPS://127.0.0.1/',
  'https://%31%32%37.0.0.1/',
  'https://①②⑦.⓪.⓪.①/',
  'https://１２７.０.０.１/',
  'https://𝟏𝟐𝟕.𝟎.𝟎.𝟏/',
  'https://¹²⁷.⁰.⁰.¹/',
  'https://127。0。0。1/',
  'https://127．0．0．1/',
  'https://127｡0｡0｡1/',
  'https://127.0\u00ad.0.1/',
  'https://127.0.0.1\u200b/',
  'https://0/',
  'https://0.0.0.0/',
  'https://10.0.0.1/',
  'https://192.168.0.1/',
  'https://172.16.0.1/',
  'https://100.64.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://0xa9fea9fe/',
  'https://2852039166/',
  'https://0251.0376.0251.0376/',
  'https://168.63.129.16/',
  'https://224.0.0.1/',
  'https://255.255.255.255/',
  'https://[::]/',
  'https://[::1]/',
  'https://[0:0:0:0:0:0:0:1]/',
  'https://[0000::0001]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::FFFF:7f00:1]/',
  'https://[::ffff:a9fe:a9fe]/',
  'https://[::127.0.0.1]/',
  'https://[::7f00:1]/',
  'https://[::ffff:0:7f00:1]/',
  'https://[64:ff9b::127.0.0.1]/',
  'https://[64:ff9b::a9fe:a9fe]/',
  'https://[64:ff9b:1::a00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[2001:0:7f00:1::]/',
  'https://[2a00:1450::5efe:10.0.0.1]/',
  'https://[fe80::1]/',
  'https://[fd00:ec2::254]/',
  'https://[ff02::1]/',
  'https://[2001:db8::1]/',
]

const insideNames = [
  'https://localhost/',
  'https://LOCALHOST/',
  'https://ｌｏｃａｌｈｏｓｔ/',
  'https://loc\u00adalhost/',
  'https://%6cocalhost/',
  'https://app.localhost/',
  'https://printer.local/',
  'https://metadata.google.internal/',
  'https://vault.service.internal/',
  'https://router.home.arpa/',
  'https://db.corp/',
  'https://nas.lan/',
  'https://intranet/',
  'https://kubernetes/',
]

const unreadable = [
  '',
  'example.com/hooks',
  '//example.com/hooks',
  '/hooks',
  'https://',
  'https:///',
  'https://[::1/',
  'https://[fe80::1%25eth0]/',
  'https://[fe80::1%eth0]/',
  'https://256.0.0.1/',
  'https://1.2.3.4.5/',
  'https://0x1ffffffff/',
  'https://example.com:70000/',
  'https://exa<mple.com/',
  'https://a%00b.example.com/',
]

describe('a URL that may be saved', () => {
  test.each([
    ['https://example.com', 'https://example.com/'],
    ['HTTPS://Example.COM:443/Hooks?a=b', 'https://example.com/Hooks?a=b'],
    ['https://example.com:8443/hooks', 'https://example.com:8443/hooks'],
    ['https://bücher.example/ü', 'https://xn--bcher-kva.example/%C3%BC'],
    ['https://hooks_eu.example.com/a%20b', 'https://hooks_eu.example.com/a%20b'],
    ['https://example.com/a/../b', 'https://example.com/b'],
    ['https://8.8.8.8/hooks', 'https://8.8.8.8/hooks'],
    ['https://0x8.8.8.8/', 'https://8.8.8.8/'],
    ['https://[2606:4700:4700:0:0:0:0:1111]/', 'https://[2606:4700:4700::1111]/'],
    ['https://localhost.example.com/', 'https://localhost.example.com/'],
    ['https://example.com/#', 'https://example.com/'],
  ])('%s is saved as %s', (url, saved) => {
    expect(check(url)).toBe(saved)
  })
})

describe('a URL that may not be saved', () => {
  test.each(insideInDisguise)('%s leads inside', (url) => {
    expect(refusal(url)).toMatch(/^The URL's address \S+ is not allowed: it must be a public one$/)
  })

  test.each(insideNames)('%s is a name of the inside', (url) => {
    expect(refusal(url)).toMatch(/^The URL's host "\S+" is a name of an inside network/)
  })

  test.each(unreadable)('%j cannot be read', (url) => {
    expect(refusal(url)).toMatch(/^The URL cannot be read/)
  })

  test.each([
    'https://example.com./',
    'https://localhost./',
    'https://example.com../',
    'https://a..example.com/',
    'https://.example.com/',
    'https://-a.example.com/',
    'https://a-.example.com/',
    'https://*.example.com/',
    'https://$(id).example.com/',
    'https://{a}.example.com/',
    `https://${'a'.repeat(64)}.example.com/`,
    `https://${'a.'.repeat(125)}example.com/`,
  ])('%s has no valid host name', (url) => {
    expect(refusal(url)).toMatch(/^The URL's host "\S+" is not a valid name$/)
  })

  test.each([
    'https://example.com/a b',
    ' https://example.com/',
    'https://example.com/\n',
    'https://exam\tple.com/',
    'https://example.com/\r\nhost: inside',
    'https://example.com/\u0000',
    'https://example.com/\u007f',
    'https://example.com\u3000/',
    'https://example.com\\@inside/',
    'https:\\\\example.com/',
  ])('%j has characters that parsers drop or turn', (url) => {
    expect(refusal(url)).toMatch(/spaces, control characters or backslashes/)
  })

  test.each([
    'http://example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'gopher://example.com/',
    'javascript:alert(1)',
    'data:,hello',
    'ws://example.com/',
    'blob:https://example.com/1',
  ])('%s is not https', (url) => {
    expect(refusal(url)).toBe('The URL must begin with "https://"')
  })

  test.each(['https://user@example.com/', 'https://user:pass@example.com/', 'https://:pass@example.com/'])(
    '%s has credentials, which stay out of the message',
    (url) => {
      expect(refusal(url)).toMatch(/^The URL must not contain a user name or password/)
      expect(refusal(url)).not.toContain('pass@')
    },
  )

  test('a public name before the @ does not hide the host behind it', () => {
    expect(refusal('https://example.com@127.0.0.1/')).toMatch(/user name/)
    expect(refusal('https://example.com#@127.0.0.1/')).toMatch(/fragment/)
  })

  test('a fragment would never reach the receiver', () => {
    expect(refusal('https://example.com/hooks#section')).toMatch(/fragment/)
  })

  test('too long, also where only its normal form is', () => {
    expect(refusal(`https://example.com/${'a'.repeat(2029)}`)).toMatch(/at most 2048/)
    expect(refusal(`https://example.com/${'ü'.repeat(500)}`)).toMatch(/at most 2048/)
    expect(check(`https://example.com/${'a'.repeat(2028)}`)).toHaveLength(2048)
  })
})

test.each(insideInDisguise)('%s is not dialled either, however it came to be saved', async (url) => {
  const agent = createGuardedAgent(resolveNetworkPolicy(), systemClock)
  onTestFinished(() => agent.destroy())
  const request = { url: new URL(url), headers: [], body: '{}', timeoutMs: 2000 }
  expect(await sendRequest(agent, systemClock, request)).toMatchObject({ failure: 'blocked_address' })
})

describe('the ports', () => {
  const save = (port: number, options?: NetworkOptions) => refusal(`https://example.com:${port}/`, options)

  test.each([443, 1024, 3000, 8080, 8443, 65_535])('%i is allowed', (port) => {
    expect(save(port)).toMatch(/^saved/)
  })

  test.each([
    1, 21, 22, 25, 80, 110, 445, 1023, 2375, 2379, 3306, 3389, 5432, 6000, 6379, 6667, 9200, 10_250, 11_211,
    27_017,
  ])('%i is not', (port) => {
    expect(save(port)).toMatch(
      /^The URL's port \d+ is not allowed: have the receiver listen on 443 or one from 1024/,
    )
  })

  test('0 is not a port', () => {
    expect(save(0)).toMatch(/not allowed/)
  })

  test('80 comes with plain http', () => {
    expect(refusal('http://example.com/', { allowHttp: true })).toBe('saved as http://example.com/')
    expect(refusal('http://example.com:22/', { allowHttp: true })).toMatch(
      /listen on 443, 80 or one from 1024/,
    )
    expect(refusal('ftp://example.com/', { allowHttp: true })).toBe(
      'The URL must begin with "https://" or "http://"',
    )
  })

  test('a list of the host replaces the rule', () => {
    const options = { allowedPorts: [443, 6379] }
    expect(save(6379, options)).toMatch(/^saved/)
    expect(save(8443, options)).toBe(
      "The URL's port 8443 is not allowed: have the receiver listen on 443 or 6379",
    )
  })
})

describe('what the host opens', () => {
  test('private addresses, and with them names of the inside', () => {
    const options = { allowPrivateAddresses: true, allowHttp: true }
    expect(check('http://localhost:3000/hooks', options)).toBe('http://localhost:3000/hooks')
    expect(check('http://receiver:8080/', options)).toBe('http://receiver:8080/')
    expect(check('http://[::1]:8080/', options)).toBe('http://[::1]:8080/')
    expect(check('http://127.1:8080/', options)).toBe('http://127.0.0.1:8080/')
    expect(refusal('http://169.254.169.254/', options)).toMatch(/not allowed/)
    expect(refusal('http://0.0.0.0:8080/', options)).toMatch(/not allowed/)
  })

  test('a range: literals must lie in it, names are vetted at each connection', () => {
    const options = { allowedCidrs: ['10.1.0.0/16'] }
    expect(check('https://10.1.2.3/', options)).toBe('https://10.1.2.3/')
    expect(check('https://billing.internal/', options)).toBe('https://billing.internal/')
    expect(refusal('https://10.2.0.1/', options)).toMatch(/not allowed/)
  })
})
