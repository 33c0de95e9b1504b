/**
 * Latencies are kept by buckets that each reach 10 % further than the one before: their counts add up, and whatever lies in a
 * bucket is no more than 4.8 % off its middle (Masson, Rim and Lee, "DDSketch", VLDB 2019).
 */
const growth = 1.1
const logGrowth = Math.log(growth)

/** The bucket of a time in microseconds: 0 for none at all, and one further for each 10 %. */
export function latencyBucket(micros: number): number {
  return micros < 1 ? 0 : 1 + Math.ceil(Math.log(micros) / logGrowth)
}

/** What stands for all times of a bucket, in milliseconds. */
function middleOf(bucket: number): number {
  return bucket === 0 ? 0 : (2 * growth ** (bucket - 1)) / (growth + 1) / 1000
}

/** The times, in milliseconds, that these shares of all did not exceed; 0 where there are none. Off by less than 5 %. */
export function quantiles(latencies: Record<string, number>, shares: readonly number[]): number[] {
  const buckets = Object.entries(latencies)
    .map(([bucket, count]) => ({ bucket: Number(bucket), count }))
    .sort((a, b) => a.bucket - b.bucket)
  const total = buckets.reduce((sum, { count }) => sum + count, 0)
  return shares.map((share) => {
    const rank = Math.max(1, Math.ceil(share * total))
    let seen = 0
    const found = buckets.find(({ count }) => (seen += count) >= rank)
    return found === undefined ? 0 : middleOf(found.bucket)
  })
}
