import { expect, test } from 'vitest'
import { createClientAddress } from './client-address.ts'

const proxies = ['10.0.0.0/8', '2001:db8::/32']

test.each([
  [
    'nobody is trusted: what is forwarded is not looked at',
    [],
    '198.51.100.1',
    '203.0.113.9',
    '198.51.100.1',
  ],
  ['a trusted proxy tells of its client', proxies, '10.0.0.1', '203.0.113.9', '203.0.113.9'],
  [
    'what the client itself forwarded is not believed',
    proxies,
    '10.0.0.1',
    '1.1.1.1, 203.0.113.9',
    '203.0.113.9',
  ],
  ['two trusted proxies, one behind the other', proxies, '10.0.0.1', '203.0.113.9, 10.0.0.2', '203.0.113.9'],
  ['a client that comes past the proxies', proxies, '198.51.100.1', '10.0.0.2', '198.51.100.1'],
  ['a trusted proxy that says nothing', proxies, '10.0.0.1', null, '10.0.0.1'],
  ['every hop is trusted: the first of them', proxies, '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
  ['a mapped address of a proxy', proxies, '::ffff:10.0.0.1', '2001:db8::7', '2001:db8::7'],
  ['an entry that is no address ends the walk', proxies, '10.0.0.1', '203.0.113.9, unknown', 'unknown'],
])('%s', (_, trusted, peer, forwardedFor, expected) => {
  expect(createClientAddress(trusted)(peer, forwardedFor)).toBe(expected)
})

test('where nobody knows the peer, nobody is believed', () => {
  expect(createClientAddress(proxies)(undefined, '203.0.113.9')).toBeUndefined()
})
