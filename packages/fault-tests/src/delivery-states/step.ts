import { array, type Arbitrary, boolean, constantFrom, nat, oneof, record, tuple } from 'fast-check'

const second = 1000
const hour = 3600 * second

const outcomes = [
  'delivered',
  'retrying',
  'retrying_later',
  'exhausted',
  'gone',
  'undecryptable',
  'filtered',
  'put_off',
] as const
export type Outcome = (typeof outcomes)[number]

/** What a person does to a delivery. */
export interface Operation {
  does: 'cancel' | 'retry now' | 'resolve' | 'replay'
  which: number
}

export interface Switch {
  does: 'pause' | 'disable' | 'enable'
  which: number
}

/** Something that happens. `which` counts round among what it can happen to. */
export type Step =
  | { does: 'dispatch'; eventType: 'contact.created' | 'deal.won' }
  | { does: 'dispatch again' | 'claim' | 'claim and lapse' | 'expire' | 'restart' }
  | { does: 'settle' | 'settle too late'; which: number; outcome: Outcome }
  | { does: 'release' | 'renew' | 'shape' | 'delete webhook' | 'claim for one'; which: number }
  | Operation
  | Switch
  | { does: 'wait'; ms: number }
  | { does: 'cancel what waits'; which: number; madeBefore: 'now' | 'an hour ago' }
  | { does: 'replay many'; status: 'dead_letter' | 'cancelled' | 'delivered' }
  | { does: 'recover'; which: number; includeFailed: boolean }

const which = nat({ max: 9 })

/** What is named more than once happens more often. */
function one<const Does extends string>(...does: Does[]): Arbitrary<{ does: Does }> {
  return record({ does: constantFrom(...does) })
}

function toOne<const Does extends string>(...does: Does[]): Arbitrary<{ does: Does; which: number }> {
  return record({ does: constantFrom(...does), which })
}

function settled(...likely: Outcome[]): Arbitrary<Step> {
  return record({ does: constantFrom<'settle'>('settle'), which, outcome: constantFrom(...likely) })
}

const dispatch: Arbitrary<Step> = record({
  does: constantFrom<'dispatch'>('dispatch'),
  eventType: constantFrom('contact.created', 'deal.won'),
})
const settleTooLate: Arbitrary<Step> = record({
  does: constantFrom<'settle too late'>('settle too late'),
  which,
  outcome: constantFrom(...outcomes),
})
const wait: Arbitrary<Step> = record({
  does: constantFrom<'wait'>('wait'),
  ms: constantFrom(second, 30 * second, hour),
})
const cancelWhatWaits: Arbitrary<Step> = record({
  does: constantFrom<'cancel what waits'>('cancel what waits'),
  which,
  madeBefore: constantFrom('now', 'an hour ago'),
})
const replayMany: Arbitrary<Step> = record({
  does: constantFrom<'replay many'>('replay many'),
  status: constantFrom('dead_letter', 'cancelled', 'delivered'),
})
const recover: Arbitrary<Step> = record({
  does: constantFrom<'recover'>('recover'),
  which,
  includeFailed: boolean(),
})

const single: Arbitrary<Step> = oneof(
  { weight: 6, arbitrary: dispatch },
  { weight: 6, arbitrary: one('claim') },
  { weight: 1, arbitrary: toOne('claim for one') },
  { weight: 8, arbitrary: settled(...outcomes, 'delivered', 'delivered') },
  { weight: 2, arbitrary: one('claim and lapse', 'claim and lapse', 'dispatch again', 'restart') },
  { weight: 1, arbitrary: one('expire') },
  { weight: 1, arbitrary: settleTooLate },
  { weight: 4, arbitrary: toOne('release', 'renew', 'renew', 'renew', 'shape') },
  { weight: 5, arbitrary: toOne('cancel', 'cancel', 'retry now', 'resolve', 'replay') },
  { weight: 3, arbitrary: wait },
  { weight: 2, arbitrary: toOne('pause', 'disable', 'enable', 'enable', 'delete webhook') },
  { weight: 1, arbitrary: cancelWhatWaits },
  { weight: 1, arbitrary: replayMany },
  { weight: 1, arbitrary: recover },
)

/** What chance alone would seldom bring about: the same delivery tried again and again to the end, or five lapses of it in a row. */
const tries: Arbitrary<Step[]> = tuple(
  array(oneof({ weight: 4, arbitrary: settled('retrying') }, { weight: 1, arbitrary: toOne('renew') }), {
    minLength: 0,
    maxLength: 2,
  }),
  oneof(
    { weight: 6, arbitrary: settled('delivered', 'exhausted') },
    { weight: 2, arbitrary: toOne('cancel') },
  ),
).map(([tried, last]) =>
  [...tried, last].flatMap((step): Step[] => [{ does: 'claim' }, { ...step, which: 0 } as Step]),
)
const crashes: Arbitrary<Step[]> = array(one('claim and lapse'), { minLength: 5, maxLength: 6 })

export const steps: Arbitrary<Step[]> = array(
  oneof(
    { weight: 30, arbitrary: single.map((step) => [step]) },
    { weight: 14, arbitrary: tries },
    { weight: 3, arbitrary: crashes },
  ),
  { minLength: 6, maxLength: 14, size: 'max' },
).map((parts) => parts.flat())
