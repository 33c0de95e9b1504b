import { hash } from 'node:crypto'
import { compare, type Result } from '../results.ts'
import { interleave } from '../rounds.ts'
import { withTemporaryFile } from '../sqlite/temporary-file.ts'
import type { SuiteOptions } from '../suite-options.ts'
import { createTokens, flat, openKeys, type Opened, verifyAll } from './open.ts'

const keyCount = 1000
const hourly = { name: 'hourly', limit: 1_000_000_000, windowMs: 3_600_000 }

/** The CPU of one `verify` beside that of one bare hash of the same tokens. */
export async function verify({ rounds, quick }: SuiteOptions): Promise<Result[]> {
  const times = quick ? 200_000 : 2_000_000
  return withTemporaryFile(async (path) => {
    const plain = await openKeys(path)
    const limited = await openKeys(path, { rateLimits: { perKey: [hourly] } })
    const tokens = await createTokens(plain, keyCount)
    const misspelt = tokens.map(misspell)
    for (const opened of [plain, limited]) await verifyAll(opened, tokens, times)
    await verifyAll(plain, misspelt, times, false)

    const measure =
      (opened: Opened, list: readonly string[], isOk = true) =>
      (): Promise<number> =>
        cpuMicroseconds(times, () => verifyAll(opened, list, times, isOk))
    const values = await interleave(rounds, {
      bare: () => cpuMicroseconds(times, () => hashAll(tokens, times)),
      cached: measure(plain, tokens),
      limited: measure(limited, tokens),
      misspelt: measure(plain, misspelt, false),
    })
    await Promise.all([plain.close(), limited.close()])

    const row = {
      scenario: 'verify: CPU of one call',
      unit: 'µs',
      baseline: 'one SHA-256 of the token',
      baselineValues: values.bare,
    }
    return [
      compare({ ...row, subject: 'a cached key', values: values.cached, atMost: 3 }),
      compare({ ...row, subject: 'a cached key with a limit in memory', values: values.limited }),
      compare({ ...row, subject: 'a misspelt token', values: values.misspelt, atMost: 1 }),
    ]
  })
}

/** Of the whole process: with the garbage that the calls leave. */
async function cpuMicroseconds(times: number, run: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / times
}

function hashAll(tokens: readonly string[], times: number): void {
  for (let n = 0; n < times; n++) hash('sha256', tokens[n % tokens.length] ?? '', 'hex')
}

/** With two characters exchanged: only the checksum tells. */
function misspell(token: string): string {
  const at = Array.from(token).findIndex((character, i) => i > 10 && character !== token[i + 1])
  return flat(`${token.slice(0, at)}${token[at + 1]}${token[at]}${token.slice(at + 2)}`)
}
