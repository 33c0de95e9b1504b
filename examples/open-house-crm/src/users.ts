import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

const hash = promisify<string, Buffer, number, Buffer>(scrypt)

/** Somebody who works with the CRM, for one organization. */
export interface User {
  email: string
  organizationId: string
  /** Administrators may do everything; others look after records, and may look at the rest. */
  isAdmin: boolean
}

export interface UserStore {
  create(user: User, password: string): Promise<void>
  /** Null where email and password do not belong together. */
  check(email: string, password: string): Promise<User | null>
}

export function userStore(database: Kysely<Tables>): UserStore {
  return {
    async create({ email, organizationId, isAdmin }, password) {
      const password_hash = await hashPassword(password, randomBytes(16))
      await database
        .insertInto('users')
        .values({ email, organization_id: organizationId, is_admin: isAdmin, password_hash })
        .execute()
    },
    async check(email, password) {
      const row = await database.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirst()
      // Hashed in any case: the time that it takes does not tell who has an account.
      const [salt = ''] = (row?.password_hash ?? '').split('.')
      const given = await hashPassword(password, Buffer.from(salt, 'hex'))
      if (row === undefined || !isEqual(given, row.password_hash)) return null
      return { email: row.email, organizationId: row.organization_id, isAdmin: row.is_admin }
    },
  }
}

async function hashPassword(password: string, salt: Buffer): Promise<string> {
  const key = await hash(password, salt, 32)
  return `${salt.toString('hex')}.${key.toString('hex')}`
}

function isEqual(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}
