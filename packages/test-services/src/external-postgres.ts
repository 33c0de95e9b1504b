import type { PostgresServer } from './postgres-server.ts'
import { createDatabase, query } from './postgres-server.ts'

/** A server that somebody else runs. `close` drops the databases that were created here. */
export async function externalPostgres(
  url: string,
): Promise<Pick<PostgresServer, 'url' | 'version' | 'createDatabase' | 'close'>> {
  const created: string[] = []
  const [answer] = await query(url, `select current_setting('server_version_num') as version`)
  return {
    url,
    version: Math.floor(Number(answer?.['version']) / 10_000),
    async createDatabase(name) {
      const databaseUrl = await createDatabase(url, name)
      created.push(new URL(databaseUrl).pathname.slice(1))
      return databaseUrl
    },
    async close() {
      for (const name of created.splice(0)) await query(url, `drop database if exists "${name}" with (force)`)
    },
  }
}
