'use client'
import type { AnalyticsSummary, ApiError, ApiKey, Webhook, WebhookAnalytics } from '@leadhooks/client'
import { type AnalyticsFilters, useAnalyticsByWebhook } from '../analytics/use-analytics.ts'
import { useQuery } from '../data/use-query.ts'
import { useLeadhooks } from '../leadhooks-context.ts'
import type { Translate } from '../messages/translate.ts'
import { relativeTime } from '../parts/moment.tsx'
import type { Tone } from '../parts/pill.tsx'
import { useWebhookChoice } from '../webhooks/use-webhooks.ts'
import { nameOf, stateOf } from '../webhooks/webhook-state.tsx'
import type { OverviewTarget } from './overview-target.ts'

/** Something that somebody must look after, and where that is done. */
export interface Concern {
  id: string
  tone: Tone
  state: string
  title: string
  text: string
  action: string
  target: OverviewTarget
}

interface Concerns {
  /** Undefined while they are looked for. */
  concerns: Concern[] | undefined
  error: ApiError | undefined
  reload: () => void
}

/** Webhooks that fail, deliveries that were given up, URLs that have yet to prove themselves, and keys that are about to end. */
export function useConcerns(period: AnalyticsFilters, summary: AnalyticsSummary): Concerns {
  const { t, locale } = useLeadhooks()
  const fared = useAnalyticsByWebhook(period)
  const webhooks = useWebhookChoice().data?.data ?? []
  const keys = useExpiringKeys()
  const concerns = fared.data && [
    ...fared.data.data.filter(({ status }) => status === 'failing').map((one) => ofWebhook(one, t)),
    ...ofDeadLetters(summary, t),
    ...fared.data.data.filter(({ status }) => status === 'degraded').map((one) => ofWebhook(one, t)),
    ...webhooks.filter((one) => stateOf(one) === 'verification').map((one) => ofUnverified(one, t)),
    ...keys.map((key) => ofKey(key, t, locale)),
  ]
  const { error, reload } = fared
  return { concerns, error: concerns === undefined ? error : undefined, reload }
}

const soonDays = 14

/** None for who may not see keys. */
function useExpiringKeys(): ApiKey[] {
  const { client, can } = useLeadhooks()
  const mayRead = can('read:api-keys')
  const { data } = useQuery(`keys/expiring?${mayRead}`, async (signal): Promise<ApiKey[]> => {
    if (!mayRead) return []
    const filters = { revoked: false, expiresWithinDays: soonDays, limit: 20 }
    return (await client.apiKeys.list(filters, { signal })).data
  })
  return data ?? []
}

function ofWebhook(webhook: WebhookAnalytics, t: Translate): Concern {
  const { webhookId, status, evidence, forecast } = webhook
  return {
    id: webhookId,
    tone: status === 'failing' ? 'bad' : 'warn',
    state: t(`analytics.status.${status}`),
    title: nameOf(webhook),
    text: [...evidence.map(({ message }) => message), forecast?.message].filter(Boolean).join('. '),
    action: t('analytics.show'),
    target: { screen: 'deliveries', filters: { webhookId } },
  }
}

function ofDeadLetters({ deadLettered }: AnalyticsSummary, t: Translate): Concern[] {
  if (deadLettered === 0) return []
  return [
    {
      id: 'dead-letters',
      tone: 'bad',
      state: t('deliveries.status.dead_letter'),
      title: t('overview.dead_letters', { count: deadLettered }),
      text: t('overview.dead_letters_text'),
      action: t('overview.go.dead_letters'),
      target: { screen: 'dead-letters' },
    },
  ]
}

function ofUnverified(webhook: Webhook, t: Translate): Concern {
  return {
    id: `verification ${webhook.id}`,
    tone: 'warn',
    state: t('webhooks.state.verification'),
    title: nameOf(webhook),
    text: t('webhooks.why.verification'),
    action: t('webhooks.title'),
    target: { screen: 'webhooks' },
  }
}

function ofKey({ id, name, expiresAt }: ApiKey, t: Translate, locale: string | undefined): Concern {
  const when = expiresAt === null ? '' : relativeTime(expiresAt, locale)
  return {
    id,
    tone: 'warn',
    state: t('keys.state.expiring'),
    title: name,
    text: t('overview.key_text', { when }),
    action: t('keys.title'),
    target: { screen: 'keys' },
  }
}
