'use client'
import type { ApiError } from '@leadhooks/client'
import type { ReactNode } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import type { Translate } from '../messages/translate.ts'

/** What went wrong, said to people. What the API says of their input is said as it is. */
export function explain(error: ApiError, t: Translate): string {
  if (error.status === 401) return t('error.signed_out')
  if (error.code === 'network_error') return t('error.network')
  if (error.code === 'unexpected_answer' || error.status >= 500) return t('error.server')
  if (error.code === 'rate_limited') {
    return t('error.rate_limited', { count: Math.ceil((error.retryAfterMs ?? 1000) / 1000) })
  }
  return error.message
}

/** Said aloud when it appears. */
export function ProblemNote({ error }: { error: ApiError | undefined }): ReactNode {
  const { t } = useLeadhooks()
  if (error === undefined) return null
  return (
    <p className="lh-note lh-note-bad" role="alert">
      {explain(error, t)}
    </p>
  )
}

/** What is wrong with one field of what was sent. */
export function issueAt(error: ApiError | undefined, field: string): string | undefined {
  const pointer = `/${field}`
  return error?.issues.find((issue) => issue.pointer === pointer || issue.pointer.startsWith(`${pointer}/`))
    ?.detail
}
