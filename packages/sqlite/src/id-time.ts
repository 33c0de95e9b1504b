import { newDeliveryId } from '@leadhooks/core/storage'

const datedEventId = /^evt_[0-7][0-9A-HJKMNP-TV-Z]{25}$/
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const prefixLength = 'dlv_'.length
const timeLength = 10

/** When an event was created, as its id tells if Leadhooks made it; null for an id that tells nothing. */
export function timeOfEventId(id: string): number | null {
  if (!datedEventId.test(id)) return null
  let time = 0
  for (const digit of id.slice(prefixLength, prefixLength + timeLength))
    time = time * 32 + alphabet.indexOf(digit)
  return time
}

/** Below the id of every delivery that was created at this time or later, and above all others. */
export function firstDeliveryIdOf(time: number): string {
  return newDeliveryId(Math.max(0, Math.ceil(time))).slice(0, prefixLength + timeLength)
}
