/** Runs the subjects in turn, round after round (A B C, A B C, …), and answers what each one measured by its name. */
export async function interleave<Name extends string, Measured = number>(
  rounds: number,
  subjects: Record<Name, () => Measured | Promise<Measured>>,
): Promise<Record<Name, Measured[]>> {
  const names = Object.keys(subjects) as Name[]
  const values = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Measured[]>
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

/** The same, for subjects that are measured alike. */
export function interleaveEach<Name extends string, Measured>(
  rounds: number,
  names: readonly Name[],
  measure: (name: Name) => Promise<Measured>,
): Promise<Record<Name, Measured[]>> {
  const subjects = Object.fromEntries(names.map((name) => [name, () => measure(name)]))
  return interleave(rounds, subjects as Record<Name, () => Promise<Measured>>)
}

/** How many times a second something was done, done `times` times. */
export async function perSecond(times: number, run: () => unknown): Promise<number> {
  const start = performance.now()
  await run()
  return (times * 1000) / (performance.now() - start)
}

/** Calls `run` with 0, 1, 2, … up to `times`, by so many callers at once, each of which awaits its call. */
export async function byCallers(
  callers: number,
  times: number,
  run: (n: number) => Promise<unknown>,
): Promise<void> {
  let next = 0
  const caller = async (): Promise<void> => {
    while (next < times) await run(next++)
  }
  await Promise.all(Array.from({ length: callers }, caller))
}
