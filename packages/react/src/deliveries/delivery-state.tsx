'use client'
import type { Attempt, Delivery } from '@leadhooks/client'
import type { ReactNode } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import type { MessageKey, Translate } from '../messages/translate.ts'
import { Pill, type Tone } from '../parts/pill.tsx'

const tones: Record<Delivery['status'], Tone> = {
  pending: 'info',
  retrying: 'warn',
  delivered: 'good',
  dead_letter: 'bad',
  cancelled: 'quiet',
}

export function DeliveryPill({ delivery }: { delivery: Delivery }): ReactNode {
  const { t } = useLeadhooks()
  return <Pill tone={tones[delivery.status]}>{t(`deliveries.status.${delivery.status}`)}</Pill>
}

/** What the last attempt brought, in a word or a number. */
export function lastResult(
  { statusCode, failure }: Pick<Delivery, 'statusCode' | 'failure'>,
  t: Translate,
): string {
  if (statusCode !== null) return String(statusCode)
  return failure === null ? '' : failureName(failure, t)
}

/** Classes of failure that a newer API has are named as it names them. */
export function failureName(failure: string, t: Translate): string {
  const known = failure.startsWith('timeout') ? 'timeout' : failure
  return t(`deliveries.failure.${known}` as MessageKey) || failure
}

/** Why a delivery is where it is: the sentence for its reason, or of its last attempt. */
export function explainDelivery(
  delivery: Delivery,
  attempts: readonly Attempt[],
  t: Translate,
): string | undefined {
  const { status, reason } = delivery
  const last = attempts.at(-1)?.message ?? undefined
  if (status === 'delivered') return undefined
  const why = reason === null ? '' : t(`deliveries.reason.${reason}` as MessageKey)
  return [why, last].filter(Boolean).join(' ') || undefined
}
