import { isIP, isIPv6 } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { sendRequest } from '../deliveries/send-request.ts'
import { isAllowedAddress } from './address-policy.ts'
import { createGuardedAgent } from './guarded-agent.ts'
import { type NetworkOptions, resolveNetworkPolicy } from './network-policy.ts'

const allows = (address: string, options: NetworkOptions = {}) =>
  isAllowedAddress(resolveNetworkPolicy(options), address)

const publicAddresses = [
  '8.8.8.8',
  '93.184.216.34',
  '1.0.0.1',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '169.253.255.255',
  '169.255.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.0.1.0',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2a00:1450:4001:830::200e',
  '2001:4860:4860::8888',
  '2001:200::1',
  '2003::1',
  '3ffe:ffff::1',
]

const closedForGood = [
  '0.0.0.0',
  '0.1.2.3',
  '192.0.0.1',
  '192.0.0.170',
  '192.0.2.1',
  '192.31.196.1',
  '192.52.193.1',
  '192.88.99.1',
  '192.175.48.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '100::1',
  '100:0:0:1::1',
  '2001::1', // Teredo
  '2001:0:7f00:1::1',
  '2001:2::1',
  '2001:10::1',
  '2001:20::1',
  '2001:1ff:ffff::1',
  '2001:db8::1',
  '2002:7f00:1::', // 6to4 of 127.0.0.1
  '2002:808:808::1', // and of 8.8.8.8
  '2620:4f:8000::1',
  '3fff::1',
  '3fff:fff:ffff::1',
  '4000::1',
  '5f00::1',
  '64:ff9b:1::7f00:1', // NAT64 of a network's own
  '64:ff9b:1::808:808',
  '::7f00:1', // IPv4-compatible
  '::127.0.0.1',
  '::8.8.8.8',
  '::ffff:0:127.0.0.1', // IPv4-translated
  'ff02::1',
  'ff0e::1',
  'fec0::1', // site-local, given up
]

const privateAddresses = [
  '10.0.0.1',
  '10.255.255.255',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '100.64.0.1',
  '100.127.255.255',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.1.1',
  '::1',
  '0:0:0:0:0:0:0:1',
  'fc00::1',
  'fdff:ffff::1',
  'fe80::1',
  'febf::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '0:0:0:0:0:FFFF:10.0.0.1',
  '64:ff9b::10.0.0.1',
  '64:ff9b::7f00:1',
]

const metadataAddresses = [
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '169.254.0.23',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
  'fe80::a9fe:a9fe',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '64:ff9b::a9fe:a9fe',
]

const notAddresses = [
  '',
  'localhost',
  '127.1',
  '0x7f.1',
  '2130706433',
  '017700000001',
  '127.0.0.1 ',
  '127.0.0.1/8',
  '[::1]',
  '::1%lo',
  'fe80::1%eth0',
  '2606:4700::1%1',
  '①②⑦.⓪.⓪.①',
]

describe('the address policy', () => {
  test.each(publicAddresses)('%s is public', (address) => {
    expect(allows(address)).toBe(true)
  })

  test.each(closedForGood)('%s is closed, also where private addresses are open', (address) => {
    expect(allows(address)).toBe(false)
    expect(allows(address, { allowPrivateAddresses: true })).toBe(false)
  })

  test.each(privateAddresses)('%s is closed until private addresses are opened', (address) => {
    expect(allows(address)).toBe(false)
    expect(allows(address, { allowPrivateAddresses: true })).toBe(true)
  })

  test.each(metadataAddresses)('%s hands out credentials, and is closed until it is named', (address) => {
    expect(allows(address)).toBe(false)
    expect(allows(address, { allowPrivateAddresses: true })).toBe(false)
    expect(allows(address, { allowedCidrs: ['0.0.0.0/0', '::/0'] })).toBe(false)
  })

  test('a metadata service that is named is open, and only that one', () => {
    const options = { allowedCidrs: ['169.254.169.254/32', 'fd00:ec2::254/128'] }
    expect(allows('169.254.169.254', options)).toBe(true)
    expect(allows('::ffff:169.254.169.254', options)).toBe(true)
    expect(allows('fd00:ec2::254', options)).toBe(true)
    expect(allows('169.254.170.2', options)).toBe(false)
  })

  test.each(notAddresses)('%j is no address, and refused whatever is open', (address) => {
    expect(allows(address, { allowPrivateAddresses: true, allowedCidrs: ['0.0.0.0/0', '::/0'] })).toBe(false)
  })

  test('what NAT64 and mapping wrap is judged as what it is', () => {
    expect(allows('::ffff:8.8.8.8')).toBe(true)
    expect(allows('64:ff9b::8.8.8.8')).toBe(true)
    expect(allows('64:ff9b::')).toBe(false)
    expect(allows('64:ff9b::1:0')).toBe(false)
    expect(allows('::ffff:0:5')).toBe(false)
  })

  test('ISATAP is judged by what it wraps, under whatever prefix', () => {
    expect(allows('2a00:1450::5efe:10.0.0.1')).toBe(false)
    expect(allows('2a00:1:2:3:0:5efe:7f00:1')).toBe(false)
    expect(allows('2a00:1:2:3:200:5efe:a9fe:a9fe')).toBe(false)
    expect(allows('2a00:1:2:3:200:5efe::')).toBe(false)
    expect(allows('2a00:1:2:3:0:5efe:808:808')).toBe(true)
    expect(allows('2a00:1:2:3:5efe:0:7f00:1')).toBe(true)
  })

  test('an exception opens its range and nothing beside it', () => {
    const options = { allowedCidrs: ['10.1.0.0/16', 'fd00:1::/64'] }
    expect(allows('10.1.2.3', options)).toBe(true)
    expect(allows('::ffff:10.1.2.3', options)).toBe(true)
    expect(allows('10.2.0.1', options)).toBe(false)
    expect(allows('127.0.0.1', options)).toBe(false)
    expect(allows('fd00:1::5', options)).toBe(true)
    expect(allows('fd00:1:0:1::5', options)).toBe(false)
  })
})

test.each([...closedForGood, ...privateAddresses, ...metadataAddresses])(
  '%s is not dialled, neither as a literal nor behind a name',
  async (address) => {
    const policy = resolveNetworkPolicy({
      lookup: (_name, _options, callback) => callback(null, [{ address, family: isIP(address) }]),
    })
    const agent = createGuardedAgent(policy, systemClock)
    onTestFinished(() => agent.destroy())
    for (const host of [isIPv6(address) ? `[${address}]` : address, 'public.example']) {
      const request = { url: new URL(`https://${host}/`), headers: [], body: '{}', timeoutMs: 2000 }
      expect(await sendRequest(agent, systemClock, request)).toMatchObject({ failure: 'blocked_address' })
    }
  },
)
