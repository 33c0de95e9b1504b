import type { Delivery } from '@leadhooks/core'

/** What came of deliveries. A replay is a delivery of its own; every number but `attempts` counts deliveries. */
export interface Tally {
  deliveries: number
  attempts: number
  delivered: number
  /** Those that the receiver says it verified. */
  verified: number
  /** Those that took more than one attempt. */
  retried: number
  deadLettered: number
  replayed: number
}

export type TalliedDelivery = Pick<Delivery, 'status' | 'attempts' | 'replayOf'>

export function tally(deliveries: readonly TalliedDelivery[], verified: number): Tally {
  const count = (is: (delivery: TalliedDelivery) => boolean): number => deliveries.filter(is).length
  return {
    deliveries: deliveries.length,
    attempts: deliveries.reduce((sum, { attempts }) => sum + attempts, 0),
    delivered: count(({ status }) => status === 'delivered'),
    verified,
    retried: count(({ attempts }) => attempts > 1),
    deadLettered: count(({ status }) => status === 'dead_letter'),
    replayed: count(({ replayOf }) => replayOf !== null),
  }
}

/** Throws, naming every number that is not the expected one. */
export function expectTally(of: string, found: Tally, expected: Tally): void {
  const numbers = new Map(Object.entries(found))
  const faults = Object.entries(expected)
    .filter(([name, number]) => numbers.get(name) !== number)
    .map(([name, number]) => `${name} is ${numbers.get(name)} in place of ${number}`)
  if (faults.length > 0) throw new Error(`The numbers of the webhook "${of}" are off: ${faults.join(', ')}`)
}
