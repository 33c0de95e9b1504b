'use client'
import { type ReactNode, useId } from 'react'

interface FieldProps {
  label: string
  hint?: string | undefined
  /** True where the hint says that something may be wrong. @default false */
  isDoubt?: boolean | undefined
  /** What is wrong with it. */
  error?: string | undefined
  /** Gets what ties the control to its label, hint and error. */
  children: (control: {
    id: string
    'aria-describedby': string | undefined
    'aria-invalid': boolean
  }) => ReactNode
}

export function Field({ label, hint, isDoubt = false, error, children }: FieldProps): ReactNode {
  const id = useId()
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined
  return (
    <div className="lh-field">
      <label className="lh-label" htmlFor={id}>
        {label}
      </label>
      {children({ id, 'aria-describedby': describedBy, 'aria-invalid': error !== undefined })}
      {hint !== undefined && (
        <p id={`${id}-hint`} className={isDoubt ? 'lh-hint lh-hint-doubt' : 'lh-hint'}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} className="lh-field-error">
          {error}
        </p>
      )}
    </div>
  )
}
