'use client'
import type { ApiError } from '@leadhooks/client'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Field } from './field.tsx'
import { ProblemNote } from './problem-note.tsx'

interface ConfirmDialogProps {
  title: string
  /** What it will do, and to whom. */
  text: string
  /** What the button says. */
  action: string
  /** What must be typed first; undefined where a click is enough. */
  typed?: string | undefined
  isBusy: boolean
  error: ApiError | undefined
  onConfirm: () => void
  onClose: () => void
  children?: ReactNode
}

/** Asks once more before what cannot be taken back. The focus is on the way out. */
export function ConfirmDialog(props: ConfirmDialogProps): ReactNode {
  const { title, text, action, typed, isBusy, error, onConfirm, onClose, children } = props
  const { t } = useLeadhooks()
  const [entered, setEntered] = useState('')
  const wayOut = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    wayOut.current?.focus()
  }, [])
  const isReady = typed === undefined || entered.trim() === typed
  const footer = (
    <>
      <Button buttonRef={wayOut} onClick={onClose}>
        {t('cancel')}
      </Button>
      <Button kind="danger" isBusy={isBusy} disabled={!isReady} onClick={onConfirm}>
        {action}
      </Button>
    </>
  )
  return (
    <Dialog title={title} onClose={onClose} footer={footer}>
      <ProblemNote error={error} />
      <p>{text}</p>
      {children}
      {typed !== undefined && (
        <Field label={t('confirm.type', { name: typed })}>
          {(control) => (
            <input
              {...control}
              className="lh-input"
              autoComplete="off"
              value={entered}
              onChange={(event) => setEntered(event.target.value)}
            />
          )}
        </Field>
      )}
    </Dialog>
  )
}
