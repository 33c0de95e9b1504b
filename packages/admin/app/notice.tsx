import type { ReactNode } from 'react'

/** Something that concerns the whole page, said aloud when it appears, with what can be done about it. */
export function Notice({ text, children }: { text: string; children?: ReactNode }): ReactNode {
  return (
    <div className="lh-note lh-note-warn la-notice" role="alert">
      <span>{text}</span>
      {children}
    </div>
  )
}
