import type { z } from 'zod'
import { actor, auditOf } from '../audit/audit-of.ts'
import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { parseInput, scoped } from '../input.ts'
import { openSecret } from './credentials.ts'

const revealInput = scoped.extend({ actor })
export type RevealSecretInput = z.input<typeof revealInput>

/** Shows the signing secret of a webhook once more. Nobody sees it without an entry in the audit log. */
export async function revealSecret(ctx: Context, input: RevealSecretInput): Promise<{ secret: string }> {
  const { organizationId, id, actor } = parseInput(revealInput, input)
  const webhook = await ctx.storage.findWebhook({ organizationId, id })
  if (webhook === null) throw notFound('webhook', id)
  const secret = openSecret(ctx.encryption, webhook)
  const audit = auditOf<never>(ctx, {
    actor,
    action: 'webhook.secret_revealed',
    organizationId,
    targetType: 'webhook',
    targetId: id,
    show: () => ({}),
  })
  await ctx.storage.appendAudit(organizationId, audit)
  return { secret }
}
