/** Calls `run` with 0, 1, 2, … at an even rate, whether or not the earlier calls have ended; then waits for all of them. */
export async function pace(
  perSecond: number,
  seconds: number,
  run: (n: number) => Promise<unknown>,
): Promise<void> {
  const start = performance.now()
  const calls: Promise<unknown>[] = []
  for (let n = 0; n < perSecond * seconds; n++) {
    const wait = start + (n * 1000) / perSecond - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    calls.push(run(n))
  }
  await Promise.all(calls)
}

/** Waits until something is so, or gives up after so long; answers whether it is so. */
export async function waitUntil(isSo: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  while (performance.now() < deadline) {
    if (await isSo()) return true
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return isSo()
}
