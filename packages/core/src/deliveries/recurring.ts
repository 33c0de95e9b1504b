import type { Context } from '../context.ts'

/**
 * Runs a task every `ms`, counted from the end of one run to the start of the next. A run that fails is logged, and the
 * next one comes all the same. The function it returns ends that, and waits for a run that is under way.
 */
export function recurring(
  ctx: Context,
  name: string,
  ms: number,
  task: () => Promise<unknown>,
): () => Promise<void> {
  let ended = false
  let running: Promise<void> | undefined
  let cancel = next()

  function next(): () => void {
    return ctx.clock.schedule(() => {
      running = run()
    }, ms)
  }

  async function run(): Promise<void> {
    try {
      await task()
    } catch (error) {
      ctx.logger.error({ err: error, task: name }, 'A task of the worker failed; it will be tried again')
    }
    if (!ended) cancel = next()
  }

  return async () => {
    ended = true
    cancel()
    await running
  }
}
