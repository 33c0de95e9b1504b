import { z } from 'zod'
import { actor, auditOf } from './audit/audit-of.ts'
import type { Context } from './context.ts'
import { LeadhooksError } from './errors.ts'
import { organizationId, parseInput } from './input.ts'
import { everyOrganization } from './model/event-type.ts'

/** So many rows are removed by one statement: none of them runs long. */
const batchSize = 500
/** A worker sees to other things, too. */
const batchesPerTurn = 200

const deleteInput = z.strictObject({ id: organizationId, wait: z.boolean().default(true), actor })
export type DeleteOrganizationInput = z.input<typeof deleteInput>

/**
 * Removes all that there is of an organization, batch by batch. That it is to be is noted first, with an entry in the audit log of `*`,
 * since its own goes as well: whatever ends this process, workers go on with it.
 */
export async function deleteOrganization(ctx: Context, input: DeleteOrganizationInput): Promise<void> {
  const { id, wait, actor } = parseInput(deleteInput, input)
  if (id === everyOrganization) throw new LeadhooksError('invalid_request', '"*" is no organization')
  const audit = auditOf<never>(ctx, {
    actor,
    action: 'organization.deleted',
    organizationId: everyOrganization,
    targetType: 'organization',
    targetId: id,
    show: (row) => row,
  })
  await ctx.storage.beginErasure({ organizationId: id }, audit)
  if (!wait) return
  while (await ctx.storage.eraseNext({ organizationId: id, limit: batchSize }));
  forget(ctx)
}

/** Goes on with what was begun. */
export async function goOnErasing(ctx: Context): Promise<void> {
  let batches = 0
  for (const organizationId of await ctx.storage.listErasures({ limit: 100 })) {
    while (batches < batchesPerTurn && (await ctx.storage.eraseNext({ organizationId, limit: batchSize })))
      batches++
  }
  if (batches > 0) forget(ctx)
}

/** What this process keeps of keys and event types may be of an organization that is no more. */
function forget({ apiKeyCache, registeredTypes }: Context): void {
  apiKeyCache.clear()
  registeredTypes.forget()
}
