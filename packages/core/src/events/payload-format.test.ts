import { describe, expect, test } from 'vitest'
import { layOut, readBody } from './payload-format.ts'
import { serializeBody } from './serialize-body.ts'

const source = 'https://crm.example/organizations/acme'
const event = {
  id: 'evt_1',
  type: 'new_lead',
  createdAt: new Date(0),
  data: { id: 'lead_1', "a'": '},"data":{' },
}
const body = serializeBody(event, { maxBodyBytes: 10_000, maxDepth: 64 })
const parts = readBody('evt_1', body)

describe('the body of an event', () => {
  test('is taken apart', () => {
    expect(parts).toEqual({
      id: 'evt_1',
      type: 'new_lead',
      timestamp: '1970-01-01T00:00:00.000Z',
      data: JSON.stringify(event.data),
    })
  })

  test('that something else has written is refused', () => {
    for (const other of ['{}', '', '{"data":1}', '[]']) {
      expect(() => readBody('evt_9', other)).toThrow(expect.objectContaining({ code: 'storage_corrupt' }))
    }
  })

  test('keeps its data to the character in every format', () => {
    const data = '{ "n": 12345678901234567890, "a": 1, "a": 2 }'
    const dispatched = `{"id":"evt_1","event":"new_lead","timestamp":"1970-01-01T00:00:00.000Z","data":${data}}`
    const read = readBody('evt_1', dispatched)
    expect(layOut(read, { format: 'leadhooks', source })).toBe(dispatched)
    expect(layOut(read, { format: 'data', source })).toBe(data)
    expect(layOut(read, { format: 'standard', source })).toBe(
      `{"type":"new_lead","timestamp":"1970-01-01T00:00:00.000Z","data":${data}}`,
    )
    expect(layOut(read, { format: 'cloudevents', source })).toBe(
      `{"specversion":"1.0","id":"evt_1","source":"${source}","type":"new_lead","time":"1970-01-01T00:00:00.000Z","datacontenttype":"application/json","data":${data}}`,
    )
  })
})
