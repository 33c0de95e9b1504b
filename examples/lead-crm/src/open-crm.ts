import type { Crm } from './crm.ts'
import type { Overrides } from './leadhooks.ts'
import { openPostgresCrm } from './postgres-crm.ts'
import { openSqliteCrm } from './sqlite-crm.ts'

/** See `.env.example`. */
export interface Environment {
  DATABASE_URL?: string | undefined
  DATABASE_PATH?: string | undefined
  LEADHOOKS_SCHEMA?: string | undefined
  LEADHOOKS_ENCRYPTION_KEY?: string | undefined
}

/** Opens the CRM on Postgres where `DATABASE_URL` is set, else on a SQLite file. */
export function openCrm(environment: Environment, overrides?: Overrides): Crm {
  const { DATABASE_URL: url, DATABASE_PATH: path, LEADHOOKS_SCHEMA: schema } = environment
  const encryptionKey = environment.LEADHOOKS_ENCRYPTION_KEY
  if (url) return openPostgresCrm({ url, schema, encryptionKey }, overrides)
  return openSqliteCrm({ path: path || './lead-crm.db', encryptionKey }, overrides)
}
