import { storageConformance } from '@leadhooks/core/conformance'
import { postgresStorage } from '@leadhooks/postgres'
import { testPostgres } from '@leadhooks/test-services/vitest'
import { Pool } from 'pg'
import { beforeAll, describe, onTestFinished, test } from 'vitest'

// The oldest and the newest server that Leadhooks works with.
describe.each([13, 18] as const)('Postgres %i', (version) => {
  let pool: Pool
  let schemas = 0

  beforeAll(async () => {
    const server = await testPostgres(version)
    pool = new Pool({ connectionString: await server.createDatabase() })
    return async () => pool.end()
  })

  for (const { name, run } of storageConformance) {
    test(name, async () =>
      run(async () => {
        const schema = `case_${schemas++}`
        const storage = postgresStorage({ pool, schema })
        onTestFinished(async () => {
          await pool.query(`drop schema ${schema} cascade`)
        })
        await storage.migrate()
        return storage
      }),
    )
  }
})
