/** Writes a line of what the user asked for. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Writes a line about what goes on, or goes wrong. */
export function printStatus(line: string): void {
  process.stderr.write(`${line}\n`)
}
