'use client'
import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'

interface DialogProps {
  title: string
  onClose: () => void
  /** For what must not be overlooked: the Escape key does not close it, and there is no cross. @default false */
  isAlert?: boolean | undefined
  /** @default false */
  isWide?: boolean | undefined
  /** Buttons. */
  footer?: ReactNode
  children: ReactNode
}

/** A modal dialog. It is open as long as it is there; the focus goes back to where it was. */
export function Dialog({
  title,
  onClose,
  isAlert = false,
  isWide = false,
  footer,
  children,
}: DialogProps): ReactNode {
  const { t } = useLeadhooks()
  const ref = useRef<HTMLDialogElement>(null)
  const titleId = useId()

  useLayoutEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    return () => dialog?.close()
  }, [])

  // Browsers close a dialog on a second Escape whatever is made of the first one, unless the key does nothing.
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    if (!isAlert) onClose()
  }

  return (
    <dialog
      ref={ref}
      className={isWide ? 'lh-dialog lh-dialog-wide' : 'lh-dialog'}
      role={isAlert ? 'alertdialog' : undefined}
      aria-labelledby={titleId}
      onKeyDown={onKeyDown}
      onCancel={(event) => event.preventDefault()}
    >
      <header className="lh-dialog-head">
        <h3 id={titleId} className="lh-title">
          {title}
        </h3>
        {!isAlert && (
          <button type="button" className="lh-icon-button" aria-label={t('close')} onClick={onClose}>
            <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
              <path d="M3 3l10 10M13 3L3 13" stroke="currentColor" strokeWidth="1.5" />
            </svg>
          </button>
        )}
      </header>
      <div className="lh-dialog-body">{children}</div>
      {footer !== undefined && <footer className="lh-dialog-foot">{footer}</footer>}
    </dialog>
  )
}
