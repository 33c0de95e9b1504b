/** Runs the subjects in turn, round after round (A B C, A B C, …), and answers each one's values by its name. */
export async function interleave<Name extends string>(
  rounds: number,
  subjects: Record<Name, () => number | Promise<number>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(subjects) as Name[]
  const values = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      globalThis.gc?.()
      values[name].push(await subjects[name]())
    }
    process.stderr.write('.')
  }
  process.stderr.write('\n')
  return values
}

/** How many times a second something was done, done `times` times. */
export async function perSecond(times: number, run: () => unknown): Promise<number> {
  const start = performance.now()
  await run()
  return (times * 1000) / (performance.now() - start)
}
