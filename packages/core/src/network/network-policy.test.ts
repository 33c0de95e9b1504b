import { describe, expect, test } from 'vitest'
import { resolveNetworkPolicy } from './network-policy.ts'

describe('the network options', () => {
  test('everything is closed by default', () => {
    expect(resolveNetworkPolicy()).toMatchObject({
      allowPrivateAddresses: false,
      allowHttp: false,
      allowsInsideNames: false,
      allowedPorts: undefined,
      lookup: undefined,
    })
  })

  test('an open range opens inside names, since their addresses are vetted at each connection', () => {
    expect(resolveNetworkPolicy({ allowedCidrs: ['10.1.0.0/16'] }).allowsInsideNames).toBe(true)
  })

  test.each<[object, string]>([
    [{ allowedCidrs: ['10.0.0.0'] }, '/network/allowedCidrs/0: "10.0.0.0" is not a CIDR'],
    [{ allowedCidrs: ['10.0.0.0/8', '10.0.0.0/33'] }, '/network/allowedCidrs/1: "10.0.0.0/33" is not a CIDR'],
    [{ allowedCidrs: ['10.0/8'] }, '"10.0/8" is not a CIDR'],
    [{ allowedCidrs: ['10.0.0.0/8/8'] }, '"10.0.0.0/8/8" is not a CIDR'],
    [{ allowedCidrs: ['10.0.0.0/'] }, '"10.0.0.0/" is not a CIDR'],
    [{ allowedCidrs: ['10.0.0.0/-1'] }, '"10.0.0.0/-1" is not a CIDR'],
    [{ allowedCidrs: ['fd00::/129'] }, '"fd00::/129" is not a CIDR'],
    [{ allowedCidrs: ['fe80::1%eth0/64'] }, '"fe80::1%eth0/64" is not a CIDR'],
    [{ allowedCidrs: '10.0.0.0/8' }, '/network/allowedCidrs'],
    [{ allowedPorts: [0] }, '/network/allowedPorts/0: 0 is not a port'],
    [{ allowedPorts: [443, 65_536] }, '/network/allowedPorts/1: 65536 is not a port'],
    [{ allowedPorts: [80.5] }, '80.5 is not a port'],
    [{ allowedPorts: [] }, '/network/allowedPorts: Must name a port'],
    [{ allowHttp: 'yes' }, '/network/allowHttp'],
    [{ proxy: 'proxy.example:3128' }, '/network/proxy: Must be a URL like'],
    [{ proxy: 'http://crm:%FF@proxy.example' }, '/network/proxy: Must be a URL like'],
    [{ proxy: 'socks5://proxy.example' }, '/network/proxy: Must be a URL like'],
    [{ proxy: 'http://proxy.example/path' }, '/network/proxy: Must be a URL like'],
    [{ proxy: 'http://crm:100%@proxy.example' }, '/network/proxy: Must be a URL like'],
    [{ sourceAddress: 'eth0' }, '/network/sourceAddress: Must be an address'],
    [{ minTlsVersion: 'TLSv1.1' }, '/network/minTlsVersion'],
    [{ ca: ['-----BEGIN PRIVATE KEY-----'] }, '/network/ca/0: Must be a certificate in PEM'],
    [
      { ca: ['-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----'] },
      '/network/ca/0: Must be a certificate in PEM',
    ],
    [{ lookup: 'dns' }, '/network/lookup: Must be a function'],
    [{ allowPrivateAdresses: true }, '/network/allowPrivateAdresses: Unknown field'],
  ])('%j is refused, and the message says where and what', (options, message) => {
    const resolve = () => resolveNetworkPolicy(options)
    expect(resolve).toThrow(expect.objectContaining({ code: 'invalid_options' }))
    expect(resolve).toThrow(message)
  })
})
