'use client'
import type { EventType, WebhookTest } from '@leadhooks/client'
import { type ReactNode, useState } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from '../parts/button.tsx'
import { Select } from '../parts/choice.tsx'
import { Field } from '../parts/field.tsx'
import { type ComponentProps, Frame, Panel } from '../parts/frame.tsx'
import { Blank, Failure, Skeleton } from '../parts/list-view.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { TestResult } from './test-result.tsx'
import { useEventTypes, useWebhookChoice, useWebhookTest } from './use-webhooks.ts'
import { nameOf } from './webhook-state.tsx'

export interface WebhookTestUtilityProps extends ComponentProps {
  /** The webhook that is tested. @default one that the user chooses */
  webhookId?: string | undefined
  /** Told what came of each test. */
  onTestComplete?: ((result: WebhookTest) => void) | undefined
}

/** Sends a webhook a signed example at once, and shows all about it. */
export function WebhookTestUtility({
  webhookId,
  onTestComplete,
  ...props
}: WebhookTestUtilityProps): ReactNode {
  return (
    <Frame {...props}>
      <Test webhookId={webhookId} onTestComplete={onTestComplete} />
    </Frame>
  )
}

type TestProps = Pick<WebhookTestUtilityProps, 'webhookId' | 'onTestComplete'>

function Test({ webhookId, onTestComplete }: TestProps): ReactNode {
  const { t } = useLeadhooks()
  const webhooks = useWebhookChoice()
  const types = useEventTypes()
  const [chosen, setChosen] = useState<string | undefined>(undefined)
  const known = webhooks.data?.data ?? []
  const id = webhookId ?? chosen ?? known[0]?.id
  // Of one that is given, nothing needs to be known.
  const failed = types.error ?? (webhookId === undefined ? webhooks.error : undefined)
  const isReady = types.data !== undefined && (webhookId !== undefined || webhooks.data !== undefined)

  return (
    <Panel title={t('test.title')} text={t('test.text')}>
      {!isReady && failed === undefined && <Skeleton />}
      {!isReady && failed !== undefined && (
        <Failure error={failed} retry={types.error === undefined ? webhooks.reload : types.reload} />
      )}
      {isReady && id === undefined && <Blank title={t('webhooks.empty')} text={t('test.empty_text')} />}
      {isReady && id !== undefined && (
        <>
          {webhookId === undefined && (
            <Select
              label={t('webhooks.one')}
              value={id}
              onChange={setChosen}
              options={known.map((webhook) => ({ value: webhook.id, label: nameOf(webhook) }))}
            />
          )}
          <Sender key={id} id={id} types={types.data ?? []} onTestComplete={onTestComplete} />
        </>
      )}
    </Panel>
  )
}

interface SenderProps extends Pick<TestProps, 'onTestComplete'> {
  id: string
  types: readonly EventType[]
}

function Sender({ id, types, onTestComplete }: SenderProps): ReactNode {
  const { t, can } = useLeadhooks()
  const test = useWebhookTest()
  const [type, setType] = useState(() => types[0]?.name ?? '')
  const [payload, setPayload] = useState(() => exampleOf(types, type))
  const [result, setResult] = useState<WebhookTest | undefined>(undefined)
  const doubt = jsonDoubt(payload)

  function choose(next: string): void {
    setType(next)
    setPayload(exampleOf(types, next))
  }

  async function send(): Promise<void> {
    const data: unknown = payload.trim() === '' ? undefined : JSON.parse(payload)
    const sent = await test.run(id, {
      ...(type !== '' && { eventType: type }),
      ...(data !== undefined && { data }),
    })
    setResult(sent)
    if (sent !== undefined) onTestComplete?.(sent)
  }

  return (
    <div className="lh-form">
      {types.length > 0 && (
        <Select
          label={t('deliveries.event_type')}
          value={type}
          onChange={choose}
          options={types.map(({ name }) => ({ value: name, label: name }))}
        />
      )}
      <Field
        label={t('test.payload')}
        hint={t('test.payload_hint')}
        error={doubt === undefined ? undefined : t('test.payload_invalid', { reason: doubt })}
      >
        {(control) => (
          <textarea
            {...control}
            className="lh-input lh-mono"
            rows={8}
            spellCheck={false}
            value={payload}
            onChange={(event) => setPayload(event.target.value)}
          />
        )}
      </Field>
      <div className="lh-actions">
        <Button
          kind="primary"
          isBusy={test.isRunning}
          disabled={doubt !== undefined || !can('write:webhooks')}
          onClick={() => void send()}
        >
          {test.isRunning ? t('test.sending') : t('test.send')}
        </Button>
        <Button onClick={() => setPayload(exampleOf(types, type))}>{t('test.reset')}</Button>
      </div>
      <ProblemNote error={test.error} />
      {result !== undefined && <TestResult result={result} />}
    </div>
  )
}

function exampleOf(types: readonly EventType[], wanted: string): string {
  const { example } = types.find(({ name }) => name === wanted) ?? {}
  return example === undefined || example === null ? '{}' : JSON.stringify(example, null, 2)
}

/** Why a text is no JSON. */
function jsonDoubt(text: string): string | undefined {
  if (text.trim() === '') return undefined
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
