import { newDeliveryId } from '@leadhooks/core/storage'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const prefixLength = 'evt_'.length
const timeLength = 10
const idLength = 30

/** When an event was created, as its id tells if it is one of those that Leadhooks makes; null for an id that tells nothing. */
export function timeOfEventId(id: string): number | null {
  if (id.length !== idLength || !id.startsWith('evt_')) return null
  let time = 0
  for (let position = prefixLength; position < prefixLength + timeLength; position++) {
    const digit = alphabet.indexOf(id.charAt(position))
    if (digit < 0) return null
    time = time * alphabet.length + digit
  }
  return time
}

/** Below the id of every delivery that was created at this time or later, and above all others. */
export function firstDeliveryIdOf(time: number): string {
  return newDeliveryId(Math.max(0, Math.ceil(time))).slice(0, prefixLength + timeLength)
}
