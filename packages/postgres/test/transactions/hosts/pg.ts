import { type ClientBase, Pool } from 'pg'
import type { HostLibrary, HostPart } from '../host.ts'

export const pg: HostLibrary = {
  name: 'pg',
  async open(url) {
    const pool = new Pool({ connectionString: url, max: 20 })
    return {
      async transaction(work, isolation = 'read committed') {
        const client = await pool.connect()
        try {
          await client.query(`begin isolation level ${isolation}`)
          const result = await work(partOf(client))
          await client.query('commit')
          return result
        } catch (error) {
          await client.query('rollback')
          throw error
        } finally {
          client.release()
        }
      },
      roots: [pool],
      close: () => pool.end(),
    }
  },
}

function partOf(client: ClientBase): HostPart {
  return {
    tx: client,
    trx: client,
    run: (text) => client.query(text),
    async savepoint(work) {
      await client.query('savepoint part')
      try {
        await work(partOf(client))
      } catch (error) {
        await client.query('rollback to part')
        throw error
      }
    },
  }
}
