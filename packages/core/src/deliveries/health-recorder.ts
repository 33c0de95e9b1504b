import type { Context } from '../context.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { Audit, WebhookChanges } from '../storage/storage.ts'
import { auditDisabling } from '../webhooks/audit-webhook.ts'
import {
  type HealthPolicy,
  type HealthSign,
  type HealthVerdict,
  isNews,
  judgeHealth,
} from '../webhooks/webhook-health.ts'

/** While the storage is away, so many signs of one webhook are kept. */
const mostSigns = 1000

/** A sign, and the URL that it came from: the webhook may have another one by now. */
type NotedSign = HealthSign & { url: string }

interface Patient {
  webhook: StoredWebhook
  /** Not written yet. */
  signs: NotedSign[]
}

/**
 * Writes down how webhooks fare, as their attempts come in. Nothing is written while all is well; while one fails, its signs are
 * written one after the other, those that come meanwhile together.
 */
export class HealthRecorder {
  readonly #ctx: Context
  readonly #audit: Audit<StoredWebhook>
  readonly #onHeld: (webhookId: string) => void
  readonly #onFreed: () => void
  /** The webhooks that fail or wait, as they were last seen, and those of which something is to be written. */
  readonly #patients = new Map<string, Patient>()
  readonly #writes = new Map<string, Promise<void>>()

  /** `onHeld` is told of a webhook whose deliveries are to wait now, `onFreed` when those of one may go again. */
  constructor(ctx: Context, onHeld: (webhookId: string) => void, onFreed: () => void) {
    this.#ctx = ctx
    this.#audit = auditDisabling(ctx)
    this.#onHeld = onHeld
    this.#onFreed = onFreed
  }

  /** Takes note of what an attempt says of its webhook. */
  note(webhook: StoredWebhook, sign: HealthSign): void {
    const known = this.#patients.get(webhook.id)
    const isNothingNew = known === undefined ? !isNews(webhook, sign) : !isNews(known.webhook, sign)
    if (isNothingNew && (known === undefined || known.signs.length === 0)) return
    const patient = known ?? { webhook, signs: [] }
    this.#patients.set(webhook.id, patient)
    if (patient.signs.length < mostSigns) patient.signs.push({ ...sign, url: webhook.url })
    if (!this.#writes.has(webhook.id)) this.#startWrite(webhook.id, patient)
  }

  /** Resolves when nothing is being written. */
  async idle(): Promise<void> {
    await Promise.all(this.#writes.values())
  }

  #startWrite(id: string, patient: Patient): void {
    this.#writes.set(
      id,
      this.#writeAll(id, patient).finally(() => this.#writes.delete(id)),
    )
  }

  async #writeAll(id: string, patient: Patient): Promise<void> {
    while (patient.signs.length > 0) {
      const signs = patient.signs.splice(0)
      try {
        const updated = await this.#write(patient.webhook, signs)
        if (updated === null) break
        patient.webhook = updated
      } catch (error) {
        // They are written with the next sign.
        patient.signs.unshift(...signs)
        this.#ctx.logger.warn(
          { err: error, webhookId: id },
          'The health of a webhook could not be written yet',
        )
        return
      }
    }
    if (patient.signs.length > 0 || !patient.webhook.enabled || !isNews(patient.webhook, { sign: 'success' }))
      this.#patients.delete(id)
  }

  async #write(webhook: StoredWebhook, signs: readonly NotedSign[]): Promise<StoredWebhook | null> {
    const judging = new Judging(policyOf(this.#ctx, webhook), signs)
    let updated = await this.#ctx.storage.updateWebhook(webhook, judging.unlessDisabled)
    // Nothing is switched off without an entry in the audit log, and nothing else that is written here has one.
    if (judging.isDisabling)
      updated = await this.#ctx.storage.updateWebhook(webhook, judging.anyway, this.#audit)
    this.#tell(webhook, judging.verdict)
    return updated
  }

  #tell({ organizationId, id: webhookId }: StoredWebhook, verdict: HealthVerdict | null): void {
    if (verdict === null) return
    const { changes, events } = verdict
    for (const event of events) this.#ctx.observe?.({ organizationId, webhookId, ...event })
    if (changes.enabled === false || changes.waitsUntil) this.#onHeld(webhookId)
    else if (changes.waitsUntil === null) this.#onFreed()
  }
}

/** The judgement of some signs, which may have to be passed again. */
class Judging {
  readonly #policy: HealthPolicy
  readonly #signs: readonly NotedSign[]
  verdict: HealthVerdict | null = null
  isDisabling = false

  constructor(policy: HealthPolicy, signs: readonly NotedSign[]) {
    this.#policy = policy
    this.#signs = signs
  }

  readonly unlessDisabled = (current: StoredWebhook): WebhookChanges | null => {
    const changes = this.anyway(current)
    this.isDisabling = changes?.enabled === false
    return this.isDisabling ? null : changes
  }

  readonly anyway = (current: StoredWebhook): WebhookChanges | null => {
    const signs = this.#signs.filter(({ url }) => url === current.url)
    this.verdict = judgeHealth(current, this.#policy, signs)
    return this.verdict && this.verdict.changes
  }
}

function policyOf({ settings: { delivery } }: Context, webhook: StoredWebhook): HealthPolicy {
  return {
    circuit: webhook.circuit ?? delivery.circuit,
    autoDisable: webhook.autoDisable ?? delivery.autoDisable,
  }
}
