'use client'
import type { WebhookTest } from '@leadhooks/client'
import { type ReactNode, useEffect, useRef } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import type { MessageKey, Translate } from '../messages/translate.ts'
import { CodeBlock } from '../parts/copy.tsx'
import { Pill } from '../parts/pill.tsx'
import { pretty } from '../parts/pretty.ts'
import { Tabs } from '../parts/tabs.tsx'

/** What came of a test: the verdict, what was to be met, how long it took, and what went over the wire. */
export function TestResult({ result }: { result: WebhookTest }): ReactNode {
  const { t } = useLeadhooks()
  const verdict = useRef<HTMLParagraphElement>(null)
  useEffect(() => {
    // In braces: newer browsers answer a promise, which an effect must not.
    verdict.current?.scrollIntoView({ block: 'nearest' })
  }, [result])
  const isGood = result.outcome === 'succeeded'
  return (
    <section className="lh-form" aria-label={t('test.result')}>
      <p ref={verdict} className={`lh-note ${isGood ? 'lh-note-good' : 'lh-note-bad'}`} role="status">
        {result.message}
      </p>
      <ul className="lh-checks">
        {checksOf(result).map(([key, isMet]) => (
          <li key={key}>
            <Pill tone={isMet === undefined ? 'quiet' : isMet ? 'good' : 'bad'}>
              {isMet === undefined ? t('test.unknown') : isMet ? t('test.met') : t('test.missed')}
            </Pill>
            {t(key)}
          </li>
        ))}
      </ul>
      {result.timings !== null && <Timings timings={result.timings} />}
      <Tabs label={t('test.result')} tabs={wireTabs(result, t)} />
    </section>
  )
}

const neverReached = new Set([
  'token',
  'blocked_address',
  'dns',
  'connect',
  'tls',
  'timeout_dns',
  'timeout_connect',
  'timeout_tls',
  'invalid_request',
])

/** What a receiver must do, and whether it did: undefined where it did not come to that. */
function checksOf({ failure, response }: WebhookTest): [MessageKey, boolean | undefined][] {
  const isReached = failure === null || !neverReached.has(failure)
  const isLate = failure?.startsWith('timeout') ?? false
  const status = response?.statusCode
  return [
    ['test.reached', isReached],
    ['test.in_time', isReached || isLate ? !isLate : undefined],
    ['test.no_redirect', status === undefined ? undefined : status < 300 || status >= 400],
    ['test.accepted', status === undefined ? undefined : status >= 200 && status < 300],
  ]
}

const phases = ['dnsMs', 'connectMs', 'tlsMs', 'firstByteMs'] as const

/** How long each phase took, as a bar and in numbers. */
function Timings({ timings }: { timings: NonNullable<WebhookTest['timings']> }): ReactNode {
  const { t, locale } = useLeadhooks()
  const ms = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
  let start = 0
  const parts = phases.flatMap((phase) => {
    const length = timings[phase]
    if (length === null) return []
    const part = { phase, length, start }
    start += length
    return [part]
  })
  const whole = Math.max(timings.totalMs, start, 1)
  return (
    <div className="lh-timings">
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" className="lh-timings-bar">
        {parts.map(({ phase, length, start }) => (
          <rect
            key={phase}
            className={`lh-phase-${phase}`}
            x={(start / whole) * 100}
            width={Math.max(0.4, (length / whole) * 100)}
            height="4"
          />
        ))}
      </svg>
      <dl className="lh-timings-list">
        {parts.map(({ phase, length }) => (
          <div key={phase} className={`lh-timing lh-legend-${phase}`}>
            <dt>{t(`test.timing.${phase}`)}</dt>
            <dd>{ms.format(length)} ms</dd>
          </div>
        ))}
        <div className="lh-timing">
          <dt>{t('test.timing.totalMs')}</dt>
          <dd>{ms.format(timings.totalMs)} ms</dd>
        </div>
      </dl>
    </div>
  )
}

function wireTabs({ request, response, signedContent }: WebhookTest, t: Translate) {
  return [
    {
      id: 'request',
      label: t('test.request'),
      content: (
        <CodeBlock
          label={t('test.request')}
          code={`${request.method} ${request.url}\n${headerLines(request.headers)}\n\n${pretty(request.body)}`}
        />
      ),
    },
    {
      id: 'response',
      label: t('test.response'),
      content:
        response === null ? (
          <p className="lh-muted">{t('test.no_response')}</p>
        ) : (
          <CodeBlock
            label={t('test.response')}
            code={`${response.statusCode}\n${headerLines(response.headers)}\n\n${pretty(response.body)}`}
          />
        ),
    },
    {
      id: 'signature',
      label: t('test.signature'),
      content: (
        <>
          <p className="lh-muted">{t('test.signature_text')}</p>
          <CodeBlock label={t('test.signed_content')} code={signedContent} />
        </>
      ),
    },
  ]
}

function headerLines(headers: Record<string, string | string[]>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join('\n')
}
