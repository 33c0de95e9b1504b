import { z } from 'zod'
import type { Context } from './context.ts'
import { parseInput } from './input.ts'
import type { PendingMigration } from './storage/storage.ts'

// Strict, so that a misspelt `dryRun` migrates nothing.
const migrateOptions = z.strictObject({ dryRun: z.boolean().default(false) })
export type MigrateOptions = z.input<typeof migrateOptions>

/** Brings the tables up to date, or says what that would run. */
export async function migrate(ctx: Context, options: MigrateOptions): Promise<PendingMigration[]> {
  const { dryRun } = parseInput(migrateOptions, options)
  if (dryRun) return ctx.storage.pendingMigrations()
  const migrated = await ctx.storage.migrate()
  // Where it fails, the first event that needs it tries again.
  await ctx.registeredTypes.prepare().catch(() => {})
  return migrated
}
