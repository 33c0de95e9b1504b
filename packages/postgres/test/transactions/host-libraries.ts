import type { HostLibrary } from './host.ts'
import { drizzleOnPg, drizzleOnPostgresJs } from './hosts/drizzle.ts'
import { knex } from './hosts/knex.ts'
import { kysely, kyselyControlled } from './hosts/kysely.ts'
import { pg } from './hosts/pg.ts'
import { postgresJs, postgresJsReserved } from './hosts/postgres-js.ts'
import { prisma } from './hosts/prisma.ts'
import { typeorm, typeormQueryRunner } from './hosts/typeorm.ts'

export const hostLibraries: HostLibrary[] = [
  pg,
  kysely,
  kyselyControlled,
  drizzleOnPg,
  drizzleOnPostgresJs,
  knex,
  prisma,
  typeorm,
  typeormQueryRunner,
  postgresJs,
  postgresJsReserved,
]
