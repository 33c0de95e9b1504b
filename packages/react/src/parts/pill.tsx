'use client'
import type { ReactNode } from 'react'

export type Tone = 'good' | 'bad' | 'warn' | 'quiet' | 'info'

/** By shape too: colour alone says nothing to some. */
const shapes: Record<Tone, ReactNode> = {
  good: <path d="M2 6.5l2.5 2.5L10 3.5" fill="none" stroke="currentColor" strokeWidth="2" />,
  bad: <path d="M3 3l6 6M9 3l-6 6" stroke="currentColor" strokeWidth="2" />,
  warn: <path d="M6 1.5L11 10.5H1z" fill="currentColor" />,
  quiet: <path d="M2.5 6h7" stroke="currentColor" strokeWidth="2" />,
  info: <circle cx="6" cy="6" r="3.5" fill="none" stroke="currentColor" strokeWidth="2" />,
}

/** A state, in a word. */
export function Pill({
  tone,
  children,
  title,
}: {
  tone: Tone
  children: ReactNode
  title?: string
}): ReactNode {
  return (
    <span className={`lh-pill lh-pill-${tone}`} title={title}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
        {shapes[tone]}
      </svg>
      {children}
    </span>
  )
}
