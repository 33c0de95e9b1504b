/** Set by `npm run test:faults`. `npm test` runs the same scenarios at a size that takes seconds. */
export const isFullSize = process.env['LEADHOOKS_FAULTS'] === 'full'

/** What a scenario about leases runs on: the conformance kit tells the same of SQLite's, which is enough for `npm test`. */
export const storageKinds: readonly ('postgres' | 'sqlite')[] = isFullSize
  ? ['postgres', 'sqlite']
  : ['postgres']

/** How large each scenario is: first in `npm test`, then in `npm run test:faults`. */
const table = {
  killStorm: [
    { events: 1500, kills: 3, leaseMs: 2000, slots: 16, answerMs: [30, 90] },
    { events: 20_000, kills: 20, leaseMs: 10_000, slots: 32, answerMs: [5, 35] },
  ],
  zombie: [
    { deliveries: 60, leaseMs: 1500, answerMs: 1500, pauseMs: 2200 },
    { deliveries: 60, leaseMs: 5000, answerMs: 4000, pauseMs: 7000 },
  ],
  slowPost: [
    { deliveries: 60, leaseMs: 600, answerMs: 1500, cutMs: 1000 },
    { deliveries: 500, leaseMs: 10_000, answerMs: 20_000, cutMs: 15_000 },
  ],
  databaseGone: [
    {
      eventsPerSecond: 100,
      warmMs: 1000,
      leaseMs: 2500,
      outagesMs: [800, 3000],
      restarts: 2,
      terminations: 20,
    },
    {
      eventsPerSecond: 300,
      warmMs: 6000,
      leaseMs: 10_000,
      outagesMs: [3000, 60_000],
      restarts: 5,
      terminations: 200,
    },
  ],
  lostAnswer: [
    { events: 200, cuts: 10 },
    { events: 1000, cuts: 50 },
  ],
  partition: [
    { eventsPerSecond: 50, leaseMs: 2000, cutMs: 5000 },
    { eventsPerSecond: 100, leaseMs: 10_000, cutMs: 60_000 },
  ],
  outbox: [
    { transactions: 600, kills: 3 },
    { transactions: 10_000, kills: 20 },
  ],
  contention: [
    { processes: 4, slots: 16, deliveries: 2000, waiting: 2000, steadyMs: 1000, deadlocks: 3 },
    { processes: 16, slots: 64, deliveries: 50_000, waiting: 200_000, steadyMs: 10_000, deadlocks: 20 },
  ],
  gracefulStop: [
    { deploys: 3, answerMs: 500, graceMs: 3000, eventsPerSecond: 30 },
    { deploys: 50, answerMs: 4000, graceMs: 10_000, eventsPerSecond: 30 },
  ],
  poison: [
    { hostile: 24, healthy: 10, eventsPerSecond: 50, forMs: 2000, innocent: 40 },
    { hostile: 96, healthy: 50, eventsPerSecond: 200, forMs: 30_000, innocent: 200 },
  ],
  clockSkew: [
    { events: 60, jumps: 3, jumpEveryMs: 1000 },
    { events: 600, jumps: 20, jumpEveryMs: 2000 },
  ],
  noisyNeighbour: [
    { backlog: 500, tenants: 10, eventsPerSecond: 50, forMs: 3000, timeoutMs: 1000 },
    { backlog: 20_000, tenants: 50, eventsPerSecond: 400, forMs: 600_000, timeoutMs: 30_000 },
  ],
  vacuum: [
    { eventsPerSecond: 200, forMs: 3000 },
    { eventsPerSecond: 200, forMs: 600_000 },
  ],
  deliveryStates: [
    { sequences: 2000, least: 100 },
    { sequences: 10_000, least: 1000 },
  ],
  sqlite: [
    { kills: 4, powerCuts: 5, lockMs: 2000 },
    { kills: 20, powerCuts: 50, lockMs: 4500 },
  ],
  replay: [
    { deadLetters: 150, kills: 1 },
    { deadLetters: 5000, kills: 3 },
  ],
} as const satisfies Record<string, readonly [small: object, full: object]>

type Table = typeof table
type Widened<Value> = Value extends number
  ? number
  : Value extends readonly number[]
    ? readonly number[]
    : never

/** The numbers of a scenario, at the size of this run. */
export function sizeOf<Name extends keyof Table>(
  name: Name,
): { [Key in keyof Table[Name][0]]: Widened<Table[Name][0][Key]> } {
  const [small, full] = table[name]
  return (isFullSize ? full : small) as never
}
