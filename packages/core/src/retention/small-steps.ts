import type { Clock } from '../clock.ts'

/** A batch that took long is a sign that others wait: but no rest is longer than this. */
const longestRestMs = 1000

/** Thrown where a run is to go no further. */
export class Stopped extends Error {}

/** Does a step of a long run, once those before are done. */
export type Step = <Result>(work: () => Promise<Result>) => Promise<Result>

/**
 * Makes a run of many small steps that goes beside other work: after each it rests as long as that took, so that it has half of the time
 * at most, and before each it asks whether to go on.
 */
export function smallSteps(clock: Clock, mayGoOn: () => Promise<boolean>): Step {
  return async (work) => {
    if (!(await mayGoOn())) throw new Stopped()
    const startedAt = clock.now()
    const result = await work()
    const restMs = Math.min(clock.now() - startedAt, longestRestMs)
    if (restMs > 0) await new Promise<void>((resolve) => clock.schedule(resolve, restMs))
    return result
  }
}
