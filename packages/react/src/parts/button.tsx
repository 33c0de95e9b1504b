'use client'
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** @default 'plain' */
  kind?: 'primary' | 'plain' | 'danger' | 'quiet' | undefined
  isBusy?: boolean | undefined
  buttonRef?: Ref<HTMLButtonElement> | undefined
}

/** A busy one keeps the focus, and does nothing. */
export function Button({
  kind = 'plain',
  isBusy = false,
  buttonRef,
  onClick,
  className,
  ...rest
}: ButtonProps): ReactNode {
  return (
    <button
      type="button"
      {...rest}
      ref={buttonRef}
      className={['lh-button', `lh-button-${kind}`, className].filter(Boolean).join(' ')}
      aria-disabled={isBusy || rest['aria-disabled']}
      aria-busy={isBusy}
      onClick={isBusy ? (event) => event.preventDefault() : onClick}
    />
  )
}
