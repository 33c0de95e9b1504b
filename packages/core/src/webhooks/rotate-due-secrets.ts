import type { Context } from '../context.ts'
import { giveNewSecret } from './rotate-secret.ts'

const batch = 100
const graceSeconds = 86_400

/** Gives new secrets to the webhooks that are to have one every so many days. The former one counts for a day longer. */
export async function rotateDueSecrets(ctx: Context): Promise<void> {
  const by = new Date(ctx.clock.now())
  for (;;) {
    const due = await ctx.storage.findSecretsToRotate({ by, limit: batch })
    for (const webhook of due) {
      await giveNewSecret(ctx, webhook, {
        actor: { type: 'system', id: 'worker' },
        graceSeconds,
        isWanted: ({ rotateSecretAt }) => rotateSecretAt !== null && rotateSecretAt <= by,
      })
    }
    if (due.length < batch) return
  }
}
