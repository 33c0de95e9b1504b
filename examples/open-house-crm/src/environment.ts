import { z } from 'zod'

const number = (fallback: number) => z.coerce.number().int().min(1).default(fallback)

const environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4100),
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: 'must name a Postgres: postgres://user:password@host:5432/database',
  }),
  REDIS_URL: z.string().optional(),
  SESSION_SECRET: z.string({ error: 'is missing' }).min(16, 'must be a random text of 16 characters or more'),
  LEADHOOKS_ENCRYPTION_KEY: z.string().optional(),
  WEBHOOK_RETRY_ATTEMPTS: number(3),
  API_KEY_EXPIRY_DAYS: number(365),
})
export type Environment = z.output<typeof environment>

/** The settings of the CRM: see `.env.example`. Throws one error that names all that are wrong. */
export function readEnvironment(given: Record<string, string | undefined>): Environment {
  // What is left empty is not set.
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
  const result = environment.safeParse(set)
  if (result.success) return result.data
  const wrong = result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`)
  throw new Error(`${wrong.join('; ')} (see .env.example)`)
}
