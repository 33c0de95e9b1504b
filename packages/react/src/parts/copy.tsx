'use client'
import { type ReactNode, type Ref, type RefObject, useState } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from './button.tsx'

export type CopyState = 'not_yet' | 'copied' | 'refused'

export interface CopyAction {
  state: CopyState
  copy: () => Promise<void>
}

/** Copies a text. Where the browser refuses, `shown` is selected, for the user to copy by the keyboard. */
export function useCopy(text: string, shown?: RefObject<HTMLElement | null>): CopyAction {
  const [state, setState] = useState<CopyState>('not_yet')

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
      setState('copied')
    } catch {
      // Frames and plain HTTP have no clipboard, or none that they may use.
      setState('refused')
      // What was hidden is shown by then.
      requestAnimationFrame(() => select(shown?.current))
    }
  }

  return { state, copy }
}

function select(element: HTMLElement | null | undefined): void {
  if (element) getSelection()?.selectAllChildren(element)
}

interface CopyButtonProps {
  action: CopyAction
  label: string
  kind?: 'primary' | 'plain' | 'quiet' | undefined
  buttonRef?: Ref<HTMLButtonElement> | undefined
}

/** Says that it has copied only when it has. */
export function CopyButton({ action, label, kind, buttonRef }: CopyButtonProps): ReactNode {
  const { t } = useLeadhooks()
  return (
    <>
      <Button kind={kind} buttonRef={buttonRef} onClick={() => void action.copy()}>
        {action.state === 'copied' ? t('copy.copied') : label}
      </Button>
      <span className="lh-heard" role="status">
        {action.state === 'copied' && t('copy.copied')}
        {action.state === 'refused' && t('copy.refused')}
      </span>
    </>
  )
}

/** Text in the type of programs, with a button that copies it. */
export function CodeBlock({ label, code }: { label: string; code: string }): ReactNode {
  const { t } = useLeadhooks()
  const action = useCopy(code)
  return (
    <figure className="lh-code" aria-label={label}>
      <figcaption className="lh-code-head">
        <span className="lh-muted">{label}</span>
        <CopyButton kind="quiet" action={action} label={t('copy.copy')} />
      </figcaption>
      {/* Long lines are scrolled through, by the keyboard too. */}
      <pre tabIndex={0}>{code}</pre>
    </figure>
  )
}
