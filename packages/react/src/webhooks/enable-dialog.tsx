'use client'
import type { ApiError, Resumption } from '@leadhooks/client'
import { type ReactNode, useState } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from '../parts/button.tsx'
import { Choice } from '../parts/choice.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'

interface EnableDialogProps {
  title: string
  isBusy: boolean
  error: ApiError | undefined
  onEnable: (resumption: Resumption) => void
  onClose: () => void
}

/** Asks what becomes of the deliveries that have waited. */
export function EnableDialog({ title, isBusy, error, onEnable, onClose }: EnableDialogProps): ReactNode {
  const { t } = useLeadhooks()
  const [choice, setChoice] = useState<'all' | 'day' | 'none'>('all')
  const resume = (): NonNullable<Resumption['resume']> =>
    choice === 'day' ? { since: new Date(Date.now() - 86_400_000).toISOString() } : choice
  const footer = (
    <>
      <Button onClick={onClose}>{t('cancel')}</Button>
      <Button kind="primary" isBusy={isBusy} onClick={() => onEnable({ resume: resume() })}>
        {t('webhooks.enable')}
      </Button>
    </>
  )
  return (
    <Dialog title={title} onClose={onClose} footer={footer}>
      <ProblemNote error={error} />
      <Choice
        label={t('webhooks.resume')}
        value={choice}
        onChange={setChoice}
        options={(['all', 'day', 'none'] as const).map((value) => ({
          value,
          label: t(`webhooks.resume.${value}`),
        }))}
      />
    </Dialog>
  )
}
