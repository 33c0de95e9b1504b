import { z } from 'zod'

const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback)

const environment = z.object({
  PORT: port(8000),
  METRICS_PORT: port(9100),
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: 'must name a Postgres: postgres://host:5432/database',
  }),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must name a Redis: redis://localhost:6379/0' }),
  SECRET_KEY: z
    .base64({ error: 'must be 32 random bytes in base64' })
    .min(44, 'must be 32 random bytes in base64'),
  LEADHOOKS_ENCRYPTION_KEY: z.string().optional(),
  ADMIN_TOKEN: z.string().min(16, 'must have 16 characters or more').optional(),
})
export type Environment = z.output<typeof environment>

/** The settings of the platform: see `.env.example`. Throws one error that names all that are wrong. */
export function readEnvironment(given: Record<string, string | undefined>): Environment {
  // What is left empty is not set.
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
  const result = environment.safeParse(set)
  if (result.success) return result.data
  const names = result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`)
  throw new Error(`${names.join('; ')} (see .env.example)`)
}
