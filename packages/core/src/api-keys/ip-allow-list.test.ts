import { describe, expect, test } from 'vitest'
import { compileAllowList, isAllowListEntry } from './ip-allow-list.ts'

describe('an address is in a list', () => {
  test.each([
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['10.0.0.0/8', '::ffff:a01:203', true],
    ['10.0.0.0/8', '11.1.2.3', false],
    ['10.0.0.0/8', '::a01:203', false],
    ['203.0.113.9', '203.0.113.9', true],
    ['203.0.113.9', '203.0.113.8', false],
    ['203.0.113.128/25', '203.0.113.127', false],
    ['203.0.113.128/25', '203.0.113.255', true],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '2001:db8::1', true],
    ['::/0', '198.51.100.1', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['2001:db8::1', '2001:0DB8:0:0:0:0:0:1', true],
    ['2001:db8::1:0/112', '2001:db8::1:ffff', true],
    ['2001:db8::1:0/112', '2001:db8::2:0', false],
    ['::ffff:10.0.0.0/104', '10.9.9.9', true],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['10.0.0.0/8', 'not an address', false],
    ['10.0.0.0/8', '', false],
  ])('%s and %s: %s', (entry, ip, isIn) => {
    expect(compileAllowList([entry])(ip)).toBe(isIn)
  })

  test('that has several entries, of both kinds', () => {
    const isAllowed = compileAllowList(['2001:db8::/32', '10.0.0.0/8', '192.0.2.7'])
    expect(['10.9.9.9', '2001:db8::5', '192.0.2.7'].every(isAllowed)).toBe(true)
    expect(['192.0.2.8', '2001:db9::5'].some(isAllowed)).toBe(false)
  })

  test('that is empty, whatever it is; where it comes from need not even be known', () => {
    expect(compileAllowList([])(undefined)).toBe(true)
    expect(compileAllowList(['0.0.0.0/0', '::/0'])(undefined)).toBe(false)
  })
})

test.each(['10.0.0.1', '10.0.0.0/8', '10.0.0.0/0', '::1', '2001:db8::/128', '::ffff:1.2.3.4'])(
  '%s may stand in a list',
  (entry) => expect(isAllowListEntry(entry)).toBe(true),
)

test.each([
  '',
  '10.0.0',
  '10.0.0.256',
  '010.0.0.1',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '10.0.0.0/-1',
  '2001:db8::/129',
  'fe80::1%eth0',
  '*',
  'example.com',
  ' 10.0.0.1',
])('%j may not', (entry) => expect(isAllowListEntry(entry)).toBe(false))
