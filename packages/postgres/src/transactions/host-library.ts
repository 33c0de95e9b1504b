import { describe, notOpen, refused } from './refused.ts'

/**
 * A library that the host may hold its transaction in. Its objects are told by their shape: none of these libraries is a
 * dependency, and the host may have any copy of one.
 */
export interface HostLibrary {
  name: string
  /** What wraps its transactions. */
  adapter: string
  /** How one gets a transaction from it. */
  open: string
  /** Whether it has made the object: a transaction, or what transactions are opened on. */
  isOf: (value: unknown) => boolean
}

export const kysely: HostLibrary = {
  name: 'Kysely',
  adapter: 'fromKysely',
  open: '`db.transaction().execute(async (trx) => …)`',
  isOf: (value) => has(value, 'executeQuery', 'withoutPlugins'),
}

export const drizzle: HostLibrary = {
  name: 'Drizzle',
  adapter: 'fromDrizzle',
  open: '`db.transaction(async (tx) => …)`',
  isOf: (value) => has(value, 'execute', 'select', 'transaction'),
}

export const knex: HostLibrary = {
  name: 'Knex',
  adapter: 'fromKnex',
  open: '`knex.transaction(async (trx) => …)`',
  isOf: (value) => has(value, 'raw', 'queryBuilder', 'transaction'),
}

export const prisma: HostLibrary = {
  name: 'Prisma',
  adapter: 'fromPrisma',
  open: '`prisma.$transaction(async (tx) => …)`',
  isOf: (value) => has(value, '$queryRawUnsafe'),
}

export const typeorm: HostLibrary = {
  name: 'TypeORM',
  adapter: 'fromTypeorm',
  open: '`dataSource.transaction(async (manager) => …)`',
  // A DataSource and an EntityManager have repositories, a QueryRunner commits.
  isOf: (value) => has(value, 'getRepository') || has(value, 'commitTransaction'),
}

export const postgresJs: HostLibrary = {
  name: 'postgres.js',
  adapter: 'fromPostgresJs',
  open: '`sql.begin(async (sql) => …)`',
  isOf: (value) => has(value, 'unsafe', 'notify'),
}

export const hostLibraries = [kysely, drizzle, knex, prisma, typeorm, postgresJs]

/** Throws unless `given` was made by the library and is an open transaction of it. */
export function checkOpen<Given>(
  library: HostLibrary,
  given: Given,
  isOpen: (given: Given) => boolean,
): void {
  const { name, adapter, open } = library
  if (!library.isOf(given))
    throw refused(
      `\`${adapter}\` takes a transaction of ${name}, got ${describe(given)}. Pass what ${open} gives you`,
    )
  if (!isOpen(given))
    throw notOpen(
      `What \`${adapter}\` was given is of ${name}, but not an open transaction`,
      `Pass what ${open} gives you`,
    )
}

/** Whether the value has all these methods. Knex and postgres.js make functions with methods. */
export function has(value: unknown, ...methods: string[]): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  return methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
}
