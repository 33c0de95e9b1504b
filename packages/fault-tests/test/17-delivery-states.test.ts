import { memoryStorage } from '@leadhooks/core'
import { start } from '@leadhooks/core/conformance'
import { postgresStorage } from '@leadhooks/postgres'
import { sqliteStorage } from '@leadhooks/sqlite'
import { testPostgres } from '@leadhooks/test-services/vitest'
import Database from 'better-sqlite3'
import { assert as assertProperty, asyncProperty } from 'fast-check'
import { Pool } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { ArrowCounts, documentedArrows } from '../src/delivery-states/arrows.ts'
import { type Step, steps } from '../src/delivery-states/step.ts'
import { type Snapshot, World } from '../src/delivery-states/world.ts'
import { sizeOf } from '../src/sizes.ts'

const { sequences, least } = sizeOf('deliveryStates')
// Another one finds other sequences; a failure tells its own.
const seed = Number(process.env['LEADHOOKS_SEED'] ?? 20_260_101)

/**
 * Whatever happens, in whatever order, becomes of deliveries the same in every storage, and nothing but what the diagrams of
 * docs/delivery-states.md show; none is lost, and none is stuck. Each arrow of the diagrams is taken many times.
 */
test('deliveries go through the same states in every storage, and end', async () => {
  const storages = { memory: memory(), sqlite: await sqlite(), postgres: await postgres() }
  const arrows = new ArrowCounts()
  let now = start.getTime()
  let count = 0

  const property = asyncProperty(steps, async (sequence) => {
    const organizationId = `org_${count++}`
    const worlds = await Promise.all(
      Object.entries(storages).map(([name, { open }], index) => {
        const onLease = (arrow: string): void => (index === 0 ? arrows.take(arrow) : undefined)
        return World.open(name, open, { organizationId, now, onLease })
      }),
    )
    try {
      await go(worlds, sequence, arrows)
    } finally {
      for (const world of worlds) await world.end()
      await storages.postgres.forgetClaims()
      now = Math.max(...worlds.map((world) => world.now)) + 1
    }
  })
  await assertProperty(property, { numRuns: sequences, seed })

  const documented = documentedArrows()
  expect(
    arrows.taken.filter((arrow) => !documented.includes(arrow)),
    'Only what the docs show',
  ).toEqual([])
  const seldom = documented.filter((arrow) => arrows.count(arrow) < least)
  expect(
    seldom.map((arrow) => `${arrow}: ${arrows.count(arrow)}`),
    `Each at least ${least} times`,
  ).toEqual([])
}, 3_600_000)

async function go(worlds: World[], sequence: readonly Step[], arrows: ArrowCounts): Promise<void> {
  const wanted = new Set<string>()
  let before = await same(worlds, (world) => world.snapshot())
  for (const step of sequence) {
    await same(worlds, (world) => world.take(step), JSON.stringify(step))
    const after = await same(worlds, (world) => world.snapshot(), JSON.stringify(step))
    if (step.does === 'dispatch') for (const name of wantedOf(step.eventType, before, after)) wanted.add(name)
    if (step.does === 'recover') for (const name of recoveredBy(before, after)) wanted.add(name)
    for (const arrow of statusArrows(before, after, step)) arrows.take(arrow)
    before = after
  }
  await same(worlds, (world) => world.drain(), 'drain')
  const last = await same(worlds, (world) => world.snapshot(), 'drain')
  await same(worlds, (world) => world.attempts(), 'attempts')
  expect(
    last.deliveries.filter(({ finishedAt }) => finishedAt === null),
    'None is stuck',
  ).toEqual([])
  const originals = last.deliveries.filter(({ replayOf }) => replayOf === null).map(({ name }) => name)
  expect(originals.sort(), 'None is lost, and none is made twice').toEqual([...wanted].sort())
  for (const { status } of last.deliveries) arrows.take(`${status} --> [*]`)
}

/** Lets the same happen in all worlds, and answers what is the same in all of them. */
async function same<Answer>(
  worlds: World[],
  act: (world: World) => Promise<Answer>,
  what = '',
): Promise<Answer> {
  const [first, ...others] = await Promise.all(
    worlds.map(async (world) => ({ name: world.name, answer: await act(world) })),
  )
  if (first === undefined) throw new Error('There must be a storage')
  // Most are the same, which is found sooner by their texts.
  const text = JSON.stringify(first.answer)
  for (const { name, answer } of others)
    if (JSON.stringify(answer) !== text)
      expect(answer, `${what}: ${name} differs from ${first.name}`).toEqual(first.answer)
  return first.answer
}

/** What a dispatch must make: a delivery to each webhook that takes the type, unless a person has switched it off. */
function wantedOf(eventType: string, before: Snapshot, after: Snapshot): string[] {
  return before.webhooks.flatMap(({ disabledReason, takes, number }) =>
    disabledReason !== 'by_user' && (takes === 'all' || eventType.startsWith('contact.'))
      ? [`${after.lastEvent} > ${number} #1`]
      : [],
  )
}

/** A recovery makes the first delivery of an event to a webhook, where there was none. */
function recoveredBy(before: Snapshot, after: Snapshot): string[] {
  const known = new Set(before.deliveries.map(({ name }) => name))
  const made = after.deliveries.filter(({ name, replayOf }) => replayOf === null && !known.has(name))
  return made.map(({ name }) => name.replace(/#\d+$/, '#1'))
}

function statusArrows(before: Snapshot, after: Snapshot, step: Step): string[] {
  const known = new Map(before.deliveries.map((shown) => [shown.name, shown]))
  return after.deliveries.flatMap(({ name, status, attempts }) => {
    const was = known.get(name)
    if (was === undefined)
      return [`[*] --> pending`, ...(status === 'pending' ? [] : [`pending --> ${status}`])]
    const isTriedAgain = step.does === 'settle' && status === 'retrying' && attempts > was.attempts
    return was.status === status && !isTriedAgain ? [] : [`${was.status} --> ${status}`]
  })
}

function memory() {
  const storage = memoryStorage()
  return { open: async () => storage }
}

async function sqlite() {
  const database = new Database(':memory:')
  onTestFinished(() => void database.close())
  await sqliteStorage({ database }).migrate()
  return { open: async () => sqliteStorage({ database }) }
}

async function postgres() {
  const server = await testPostgres()
  const pool = new Pool({ connectionString: await server.createDatabase() })
  onTestFinished(async () => pool.end())
  await postgresStorage({ pool }).migrate()
  return {
    open: async () => postgresStorage({ pool }),
    // They are looked after by the server's clock, which is not the one of this test.
    forgetClaims: async () => pool.query('delete from leadhooks.claims'),
  }
}
