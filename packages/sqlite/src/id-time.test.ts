import { newDeliveryId } from '@leadhooks/core/storage'
import { expect, test } from 'vitest'
import { firstDeliveryIdOf, timeOfEventId } from './id-time.ts'

const times = [0, 1, 31, 32, 1_767_225_600_000, 2 ** 48 - 1]

test.each(times)('the time %d is read from an id that was made at it', (time) => {
  expect(timeOfEventId(newDeliveryId(time).replace('dlv_', 'evt_'))).toBe(time)
})

test.each([
  '',
  'evt_1',
  'lead-42',
  'evt_01KDVXYZ',
  'evt_0UARZ3NDEKTSV4RRFFQ69G5FAV',
  'dlv_01ARZ3NDEKTSV4RRFFQ69G5FAV',
])('the id %j says no time', (id) => expect(timeOfEventId(id)).toBe(null))

test.each(times.slice(1))('ids from the time %d on, and no others, come behind its first', (time) => {
  expect(newDeliveryId(time) > firstDeliveryIdOf(time)).toBe(true)
  expect(newDeliveryId(time - 1) < firstDeliveryIdOf(time)).toBe(true)
  expect(firstDeliveryIdOf(time - 0.5)).toBe(firstDeliveryIdOf(time))
})
