'use client'
import type { ApiError } from '@leadhooks/client'
import { type ReactNode, useState } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import type { MessageKey } from '../messages/translate.ts'
import { Button } from './button.tsx'
import { Select } from './choice.tsx'
import { Dialog } from './dialog.tsx'
import { ProblemNote } from './problem-note.tsx'

const graces = ['0', '60', '900', '3600', '21600', '86400', '604800'] as const
export type Grace = (typeof graces)[number]

interface RotateDialogProps {
  title: string
  /** What it does, and to whom. */
  text: string
  isBusy: boolean
  error: ApiError | undefined
  onRotate: (graceSeconds: number) => void
  onClose: () => void
}

/** Asks for how long the former token, or secret, is to hold. */
export function RotateDialog({
  title,
  text,
  isBusy,
  error,
  onRotate,
  onClose,
}: RotateDialogProps): ReactNode {
  const { t } = useLeadhooks()
  const [grace, setGrace] = useState<Grace>('86400')
  const footer = (
    <>
      <Button onClick={onClose}>{t('cancel')}</Button>
      <Button kind="primary" isBusy={isBusy} onClick={() => onRotate(Number(grace))}>
        {t('rotate')}
      </Button>
    </>
  )
  return (
    <Dialog title={title} onClose={onClose} footer={footer}>
      <ProblemNote error={error} />
      <p>{text}</p>
      <Select
        label={t('rotate.grace')}
        value={grace}
        onChange={setGrace}
        options={graces.map((value) => ({ value, label: t(`rotate.grace.${value}` satisfies MessageKey) }))}
      />
      {grace === '0' && <p className="lh-note lh-note-warn">{t('rotate.at_once')}</p>}
    </Dialog>
  )
}
