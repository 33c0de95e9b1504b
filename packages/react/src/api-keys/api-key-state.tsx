'use client'
import type { ApiKey } from '@leadhooks/client'
import type { ReactNode } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Pill, type Tone } from '../parts/pill.tsx'
import type { Translate } from '../messages/translate.ts'

export type ApiKeyState = 'active' | 'rotating' | 'expiring' | 'expired' | 'off' | 'revoked'

const dayMs = 86_400_000

export function stateOf(key: ApiKey, now: number = Date.now()): ApiKeyState {
  const until = (at: string | null): number => (at === null ? Infinity : Date.parse(at) - now)
  if (key.revokedAt !== null) return 'revoked'
  if (until(key.expiresAt) <= 0) return 'expired'
  if (!key.enabled) return 'off'
  if (until(key.expiresAt) < 14 * dayMs) return 'expiring'
  return key.graceEndsAt !== null && until(key.graceEndsAt) > 0 ? 'rotating' : 'active'
}

const tones: Record<ApiKeyState, Tone> = {
  active: 'good',
  rotating: 'info',
  expiring: 'warn',
  expired: 'bad',
  off: 'quiet',
  revoked: 'quiet',
}

export function ApiKeyPill({ apiKey }: { apiKey: ApiKey }): ReactNode {
  const { t } = useLeadhooks()
  const state = stateOf(apiKey)
  return <Pill tone={tones[state]}>{t(`keys.state.${state}`)}</Pill>
}

/** What a key may do, as a sentence. */
export function describeAccess(
  { role, permissions }: Pick<ApiKey, 'role' | 'permissions'>,
  t: Translate,
): string {
  if (role !== null) return t(`keys.role.${role}`)
  return permissions.includes('*') ? t('keys.role.admin') : permissions.join(', ')
}

/** The same in a few words. */
export function nameAccess({ role }: Pick<ApiKey, 'role'>, t: Translate): string {
  return t(`keys.access.${role ?? 'custom'}`)
}
