import { apiKey } from '@better-auth/api-key'
import { betterAuth as createBetterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { compare, type Result } from '../results.ts'
import { interleave, perSecond } from '../rounds.ts'
import { openDatabase } from '../sqlite/open.ts'
import { withTemporaryFile } from '../sqlite/temporary-file.ts'
import type { SuiteOptions } from '../suite-options.ts'
import { createTokens, openKeys, verifyAll } from './open.ts'

const keyCount = 1000

/** Verifications a second, with permissions and without limits, beside better-auth's api-key plugin on the same kind of file. */
export async function betterAuth({ rounds, quick }: SuiteOptions): Promise<Result[]> {
  const scale = quick ? 0.1 : 1
  const times = { warm: 400_000 * scale, cold: 20_000 * scale, theirs: 1000 * scale }
  return withTemporaryFile((ourPath) =>
    withTemporaryFile(async (theirPath) => {
      const warm = await openKeys(ourPath)
      const cold = await openKeys(ourPath, { apiKeys: { cache: { mostKeys: 0 } } })
      const tokens = await createTokens(warm, keyCount)
      const theirs = await openBetterAuth(theirPath)
      await Promise.all([verifyAll(warm, tokens, times.warm), verifyAll(cold, tokens, times.cold)])
      await theirs.verifyAll(times.theirs)

      const values = await interleave(rounds, {
        theirs: () => perSecond(times.theirs, () => theirs.verifyAll(times.theirs)),
        warm: () => perSecond(times.warm, () => verifyAll(warm, tokens, times.warm)),
        cold: () => perSecond(times.cold, () => verifyAll(cold, tokens, times.cold)),
      })
      await Promise.all([warm.close(), cold.close()])
      theirs.close()

      const row = {
        scenario: 'verifications beside better-auth, on SQLite',
        unit: '/s',
        baseline: 'better-auth api-key',
        baselineValues: values.theirs,
      }
      return [
        compare({ ...row, subject: 'with a warm cache', values: values.warm, atLeast: 300 }),
        compare({ ...row, subject: 'without a cache', values: values.cold, atLeast: 5 }),
      ]
    }),
  )
}

/** Its plugin as it is fastest on a database: with its rate limits off. */
async function openBetterAuth(path: string) {
  const database = openDatabase(path)
  const auth = createBetterAuth({
    baseURL: 'http://localhost',
    secret: 'for a benchmark, and long enough to be taken',
    database,
    logger: { disabled: true },
    telemetry: { enabled: false },
    emailAndPassword: { enabled: true },
    plugins: [apiKey({ rateLimit: { enabled: false } })],
  })
  await (await getMigrations(auth.options)).runMigrations()
  const { user } = await auth.api.signUpEmail({
    body: { name: 'Ada', email: 'ada@example.com', password: 'long enough to be taken' },
  })
  const keys: string[] = []
  for (let n = 0; n < keyCount; n++) {
    const { key } = await auth.api.createApiKey({
      body: { name: `Key ${n}`, userId: user.id, permissions: { contacts: ['read'] } },
    })
    keys.push(key)
  }
  return {
    async verifyAll(times: number): Promise<void> {
      for (let n = 0; n < times; n++) {
        const body = { key: keys[n % keys.length] ?? '', permissions: { contacts: ['read'] } }
        const { valid } = await auth.api.verifyApiKey({ body })
        if (!valid) throw new Error('better-auth refused a key of its own')
      }
    },
    close: (): void => void database.close(),
  }
}
