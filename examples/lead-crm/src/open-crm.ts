import { slackAlerts } from '@leadhooks/core'
import type { Crm } from './crm.ts'
import type { Overrides } from './leadhooks.ts'
import { openPostgresCrm } from './postgres-crm.ts'
import { sharedLimits } from './shared-limits.ts'
import { openSqliteCrm } from './sqlite-crm.ts'

/** See `.env.example`. */
export interface Environment {
  DATABASE_URL?: string | undefined
  DATABASE_PATH?: string | undefined
  LEADHOOKS_SCHEMA?: string | undefined
  LEADHOOKS_ENCRYPTION_KEY?: string | undefined
  REDIS_URL?: string | undefined
  SLACK_WEBHOOK_URL?: string | undefined
}

/** Opens the CRM on Postgres where `DATABASE_URL` is set, else on a SQLite file; with limits in Redis where `REDIS_URL` is set. */
export function openCrm(environment: Environment, overrides: Overrides = {}): Crm {
  const { DATABASE_URL: url, DATABASE_PATH: path, LEADHOOKS_SCHEMA: schema } = environment
  const { LEADHOOKS_ENCRYPTION_KEY: encryptionKey, REDIS_URL: redisUrl } = environment
  const { SLACK_WEBHOOK_URL: slackUrl } = environment
  const limits = redisUrl ? sharedLimits(redisUrl) : undefined
  const settings: Overrides = {
    ...(limits && { rateLimiter: limits.rateLimiter }),
    ...(slackUrl && { alerts: [slackAlerts({ webhookUrl: slackUrl })] }),
    ...overrides,
  }
  const crm = url
    ? openPostgresCrm({ url, schema, encryptionKey }, settings)
    : openSqliteCrm({ path: path || './lead-crm.db', encryptionKey }, settings)
  return {
    ...crm,
    async migrate() {
      await limits?.check()
      await crm.migrate()
    },
  }
}
