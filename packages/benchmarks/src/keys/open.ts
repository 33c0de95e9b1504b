import { createLeadhooks, type Leadhooks, type LeadhooksOptions } from '@leadhooks/core'
import { sqliteStorage } from '@leadhooks/sqlite'
import { openDatabase } from '../sqlite/open.ts'

export const permissions = ['read:contacts']

/** The same in every process of a run. */
const encryptionKey = Buffer.alloc(32, 1).toString('base64')

export interface Opened {
  leadhooks: Leadhooks
  close(): Promise<void>
}

/** Leadhooks on a file of SQLite, as a host would open it. */
export async function openKeys(
  path: string,
  options: Pick<LeadhooksOptions, 'apiKeys' | 'rateLimits' | 'rateLimiter'> = {},
): Promise<Opened> {
  const database = openDatabase(path)
  const leadhooks = createLeadhooks({
    storage: sqliteStorage({ database }),
    encryptionKeys: [{ id: 'k1', key: encryptionKey }],
    ...options,
  })
  await leadhooks.migrate()
  return {
    leadhooks,
    async close() {
      await leadhooks.close()
      database.close()
    },
  }
}

/** Makes keys of ten organizations, and answers their tokens. */
export async function createTokens({ leadhooks }: Opened, count: number): Promise<string[]> {
  const tokens: string[] = []
  for (let n = 0; n < count; n++) {
    const { token } = await leadhooks.apiKeys.create({
      organizationId: `org_${n % 10}`,
      name: `Key ${n}`,
      permissions,
    })
    tokens.push(flat(token))
  }
  return tokens
}

/** A text in one piece, as those of requests are; one that was put together is read more slowly. */
export function flat(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** Verifies by turns, each call awaited, and fails for an answer that is not the expected one. */
export async function verifyAll(
  { leadhooks }: Opened,
  tokens: readonly string[],
  times: number,
  expected = true,
): Promise<void> {
  const options = { permissions }
  for (let n = 0; n < times; n++) {
    const { ok } = await leadhooks.apiKeys.verify(tokens[n % tokens.length] ?? '', options)
    if (ok !== expected) throw new Error(`A verification answered ${ok}`)
  }
}
