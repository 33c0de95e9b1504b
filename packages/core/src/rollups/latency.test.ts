import { expect, test } from 'vitest'
import { addCounts, emptyCounts, readCounts, writeCounts } from './counts.ts'
import { latencyBucket, quantiles } from './latency.ts'
import { countFacts, endFact, factOf } from './settled-facts.ts'

const shares = [0.01, 0.5, 0.9, 0.95, 0.99, 1]

/** The same series each time: a linear congruential generator. */
function* randomNumbers(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    yield state / 2 ** 31
  }
}

function sketchOf(millis: readonly number[]): Record<string, number> {
  const latencies: Record<string, number> = {}
  for (const ms of millis) {
    const bucket = latencyBucket(ms * 1000)
    latencies[bucket] = (latencies[bucket] ?? 0) + 1
  }
  return latencies
}

function exact(millis: readonly number[], share: number): number {
  const sorted = [...millis].sort((a, b) => a - b)
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? Number.NaN
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])('percentiles are off by less than 5 %% (seed %i)', (seed) => {
  const random = randomNumbers(seed)
  const next = (): number => random.next().value as number
  // From 10 microseconds to 100 seconds, most of them small.
  const millis = Array.from({ length: 1 + Math.floor(next() * 3000) }, () => 10 ** (next() * 7 - 2))
  const estimates = quantiles(sketchOf(millis), shares)
  shares.forEach((share, place) => {
    const estimate = estimates[place] ?? Number.NaN
    const value = exact(millis, share)
    expect(Math.abs(estimate - value) / value).toBeLessThan(0.05)
  })
})

test('of nothing the percentiles are 0, and of what took no time too', () => {
  expect(quantiles({}, shares)).toEqual(shares.map(() => 0))
  expect(quantiles(sketchOf([0, 0]), [0.5])).toEqual([0])
})

test('sketches add up: together they tell what one of everything would', () => {
  const [some, others] = [Array.from({ length: 100 }, (_, n) => n + 1), [5000, 6000, 7000]]
  const sum = addCounts(
    { ...emptyCounts(), latencies: sketchOf(some) },
    { ...emptyCounts(), latencies: sketchOf(others) },
  )
  expect(sum.latencies).toEqual(sketchOf([...some, ...others]))
})

test('counts are kept as text, and nothing else is taken for counts', () => {
  const { latencies } = { latencies: sketchOf([1, 2]) }
  const counts = { ...emptyCounts(), attempts: 3, delivered: 2, failures: { 503: 1 }, latencies }
  expect(readCounts(writeCounts(counts))).toEqual(counts)
  for (const text of ['', '{}', '[1,2]', '[1,2,3,4,5,6,7,8]', '[1,2,3,4,null,{},{},{}]'])
    expect(() => readCounts(text)).toThrow()
})

test('a fact that nobody here has written is refused, and settlements without a fact have none', () => {
  expect(() => countFacts({ settledAt: new Date(0), facts: '["delivered"],oops' })).toThrow(SyntaxError)
  expect(factOf({ attempt: null, next: { status: 'cancelled', reason: 'filtered' } })).toBeNull()
  expect(endFact('expired')).toBe('["expired"]')
})
