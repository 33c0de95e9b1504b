import { describe, expect, test } from 'vitest'
import { isLeadhooksError } from '../errors.ts'
import { checkCustomHeaders } from './custom-headers.ts'

function issuesOf(headers: Record<string, string>) {
  try {
    checkCustomHeaders(headers)
    return []
  } catch (error) {
    if (!isLeadhooksError(error) || error.code !== 'invalid_request') throw error
    return error.issues
  }
}

describe('custom headers', () => {
  test.each<Record<string, string>>([
    {},
    { Authorization: 'Bearer abc' },
    { 'X-Api-Key': 'k', 'x-tenant': '42', Cookie: 'a=b', 'X-Empty': '' },
    { 'X-Text': 'tab\tand Latin-1: é' },
    { 'X-Webhooks': 'not one of ours', 'X-Metadata': 'fine', Hostname: 'a' },
  ])('%j may be set', (headers) => {
    expect(issuesOf(headers)).toEqual([])
  })

  test.each([
    'Host',
    'CONTENT-LENGTH',
    'Transfer-Encoding',
    'connection',
    'TE',
    'Trailer',
    'Upgrade',
    'Expect',
    'Keep-Alive',
    'Proxy-Authorization',
    'proxy-connection',
    'Content-Type',
    'Content-Encoding',
    'Accept-Encoding',
    'User-Agent',
    'webhook-id',
    'Webhook-Signature',
    'X-Webhook-Signature',
    'Traceparent',
    'tracestate',
    'x-webhook-anything',
    'Metadata',
    'Metadata-Flavor',
    'X-aws-ec2-metadata-token',
    'X-aws-ec2-metadata-token-ttl-seconds',
    'X-Google-Metadata-Request',
    'X-Aliyun-ECS-Metadata-Token',
  ])('%s may not', (name) => {
    expect(issuesOf({ [name]: 'a' })).toEqual([
      { pointer: `/headers/${name}`, message: expect.stringContaining(`"${name}" is `) },
    ])
  })

  test.each(['', 'a b', 'a:', 'a\r\nb', 'a\u0000', 'é', 'a/b~c', '(a)', 'a\u200b'])(
    '%j is no name',
    (name) => {
      expect(issuesOf({ [name]: 'a' })).toEqual([
        {
          pointer: `/headers/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
          message: expect.stringContaining('The name'),
        },
      ])
    },
  )

  test.each(['a\r\nX-Evil: 1', 'a\n', '\r', 'a\u0000b', '\u0007', '\u007f', '✓', '\u010d\u010a'])(
    '%j is no value',
    (value) => {
      expect(issuesOf({ 'X-A': value })).toEqual([
        { pointer: '/headers/X-A', message: expect.stringContaining('The value') },
      ])
    },
  )

  test('every wrong one is named, and no value is repeated', () => {
    const issues = issuesOf({ Host: 'secret', 'X-A': 'secret\n', 'X-B': 'fine' })
    expect(issues.map(({ pointer }) => pointer)).toEqual(['/headers/Host', '/headers/X-A'])
    expect(JSON.stringify(issues)).not.toContain('secret')
  })

  test('at most 20, of 4 KiB in all, and none twice', () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`x-${n}`, 'a']))
    expect(issuesOf(many(20))).toEqual([])
    expect(issuesOf(many(21))[0]?.message).toMatch(/21 headers: at most 20/)
    expect(issuesOf({ 'x-a': 'a'.repeat(4089) })).toEqual([])
    expect(issuesOf({ 'x-a': 'a'.repeat(4090) })[0]?.message).toMatch(/4097 bytes: at most 4096/)
    expect(issuesOf({ 'X-A': '1', 'x-a': '2' })[0]?.message).toMatch(/twice/)
  })
})
