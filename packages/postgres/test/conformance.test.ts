import { storageConformance } from '@leadhooks/core/conformance'
import { postgresStorage } from '@leadhooks/postgres'
import { Pool } from 'pg'
import { onTestFinished, test } from 'vitest'

let n = 0
for (const { name, run } of storageConformance) {
  test(name, async () =>
    run(async () => {
      const schema = `c${process.pid}_${n++}`
      const pool = new Pool({ connectionString: process.env['PGURL'], max: 10 })
      const storage = postgresStorage({ pool, schema })
      onTestFinished(async () => {
        await pool.query(`drop schema if exists ${schema} cascade`)
        await pool.end()
      })
      await storage.migrate()
      return storage
    }),
  )
}
