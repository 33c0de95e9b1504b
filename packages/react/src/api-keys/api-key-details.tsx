'use client'
import type { ApiError, ApiKey } from '@leadhooks/client'
import type { ReactNode } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from '../parts/button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Facts } from '../parts/facts.tsx'
import { Failure, Skeleton } from '../parts/list-view.tsx'
import { Moment } from '../parts/moment.tsx'
import type { Translate } from '../messages/translate.ts'
import { BarChart } from '../parts/bar-chart.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { ApiKeyPill, describeAccess, stateOf } from './api-key-state.tsx'
import { useApiKeyUsage } from './use-api-keys.ts'

interface ApiKeyDetailsProps {
  apiKey: ApiKey
  error: ApiError | undefined
  onEdit: () => void
  onSwitch: () => void
  onClose: () => void
}

/** All that is known of a key but its token, and how it was used. */
export function ApiKeyDetails({ apiKey, error, onEdit, onSwitch, onClose }: ApiKeyDetailsProps): ReactNode {
  const { t, can } = useLeadhooks()
  const canChange = can('write:api-keys') && !['revoked', 'expired'].includes(stateOf(apiKey))
  const footer = canChange && (
    <>
      <Button onClick={onSwitch}>{apiKey.enabled ? t('keys.switch_off') : t('keys.switch_on')}</Button>
      <Button onClick={onEdit}>{t('edit')}</Button>
    </>
  )
  return (
    <Dialog title={apiKey.name} isWide onClose={onClose} footer={footer || undefined}>
      <ProblemNote error={error} />
      <Facts facts={factsOf(apiKey, t)} />
      <h4 className="lh-subtitle">{t('keys.usage')}</h4>
      <Usage id={apiKey.id} />
    </Dialog>
  )
}

function factsOf(key: ApiKey, t: Translate): [string, ReactNode][] {
  const limits = (key.rateLimits ?? []).map(({ limit, windowMs }) =>
    t('keys.limit_value', { limit, seconds: windowMs / 1000 }),
  )
  return [
    [t('keys.state'), <ApiKeyPill key="state" apiKey={key} />],
    [t('keys.description'), key.description],
    [t('keys.token'), <code key="token">{`${key.start}…${key.last4}`}</code>],
    [t('keys.access'), describeAccess(key, t)],
    [t('keys.ips'), key.allowedIps.length === 0 ? t('keys.ips_any') : key.allowedIps.join(', ')],
    [t('keys.limits'), limits.length === 0 ? t('keys.limits_standard') : limits.join(', ')],
    [t('keys.owner'), key.ownerId],
    [t('keys.created'), <Moment key="created" at={key.createdAt} />],
    [t('keys.expires'), <Moment key="expires" at={key.expiresAt} otherwise={t('never')} />],
    [t('keys.rotated'), key.rotatedAt && <Moment at={key.rotatedAt} />],
    [t('keys.grace_ends'), stateOf(key) === 'rotating' ? <Moment at={key.graceEndsAt} /> : null],
    [t('keys.last_used'), lastUse(key, t)],
    [t('keys.revoked_reason'), key.revokedReason],
  ]
}

function lastUse(key: ApiKey, t: Translate): ReactNode {
  if (key.lastUsedAt === null) return t('never')
  const from = [key.lastUsedIp, key.lastUsedUserAgent].filter(Boolean).join(' · ')
  return (
    <>
      <Moment at={key.lastUsedAt} /> {from && <span className="lh-muted">({from})</span>}
    </>
  )
}

function Usage({ id }: { id: string }): ReactNode {
  const { t } = useLeadhooks()
  const { data, error, reload } = useApiKeyUsage(id)
  if (data === undefined) return error === undefined ? <Skeleton /> : <Failure error={error} retry={reload} />
  if (data.total === 0) return <p className="lh-muted">{t('keys.usage.none')}</p>
  return (
    <BarChart
      label={t('keys.usage')}
      first={t('keys.usage.ok')}
      second={t('keys.usage.refused')}
      bars={data.points.map(({ startsAt, total, byOutcome }) => ({
        at: startsAt,
        first: byOutcome['ok'] ?? 0,
        second: total - (byOutcome['ok'] ?? 0),
      }))}
    />
  )
}
