/**
 * npm and npx pass on a signal that the terminal or the supervisor has sent to the whole group already: what comes again
 * within so many milliseconds was sent once.
 */
const sameSignalMs = 500

/** From now on the signals that ask to stop do not end the process: they are told here. */
export function receiveSignals(): { first: Promise<NodeJS.Signals>; second: Promise<void> } {
  let firstAt: number | undefined
  let onFirst: (name: NodeJS.Signals) => void
  let onSecond: () => void
  const first = new Promise<NodeJS.Signals>((resolve) => (onFirst = resolve))
  const second = new Promise<void>((resolve) => (onSecond = resolve))
  function receive(name: NodeJS.Signals): void {
    firstAt ??= performance.now()
    onFirst(name)
    if (performance.now() - firstAt > sameSignalMs) onSecond()
  }
  process.on('SIGTERM', receive)
  process.on('SIGINT', receive)
  return { first, second }
}
