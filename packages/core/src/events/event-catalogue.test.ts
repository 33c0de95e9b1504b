import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { checkEventData, defineEvents, matchingPatterns } from './event-catalogue.ts'

const events = defineEvents({
  new_lead: {
    description: 'A lead came in',
    schema: z.object({ id: z.string(), tags: z.array(z.string()).default([]) }),
    example: { id: 'lead_123' },
  },
})

describe('the event catalogue', () => {
  test('answers the data as the schema makes it', () => {
    expect(checkEventData(events, 'new_lead', { id: 'lead_1' })).toEqual({ id: 'lead_1', tags: [] })
  })

  test('names the path of what does not match', () => {
    expect(() => checkEventData(events, 'new_lead', { id: 'lead_1', tags: ['a', 2] })).toThrow(
      expect.objectContaining({
        code: 'invalid_event_data',
        issues: [{ pointer: '/data/tags/1', message: expect.any(String) }],
      }),
    )
  })

  test.each(['lost_lead', '__proto__', 'constructor', 'toString'])(
    'does not know %s, and says what it knows',
    (type) => {
      expect(() => checkEventData(events, type, {})).toThrow(
        expect.objectContaining({
          code: 'unknown_event_type',
          message: expect.stringContaining('There are: new_lead'),
        }),
      )
    },
  )

  test('is refused at once for a bad name or an example that does not match', () => {
    expect(() => defineEvents({ 'new lead': { schema: z.string() } })).toThrow('got "new lead"')
    expect(() =>
      defineEvents({ a: { schema: z.object({ n: z.number() }), example: { n: 'x' as never } } }),
    ).toThrow('/n')
  })

  test('matches a type by its name and by the beginnings of it', () => {
    expect(matchingPatterns('contact.address.created')).toEqual([
      'contact.address.created',
      'contact.*',
      'contact.address.*',
    ])
    expect(matchingPatterns('new_lead')).toEqual(['new_lead'])
  })
})
