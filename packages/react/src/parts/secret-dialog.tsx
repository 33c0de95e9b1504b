'use client'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from './button.tsx'
import { CodeBlock, CopyButton, useCopy } from './copy.tsx'
import { Dialog } from './dialog.tsx'
import { Tabs } from './tabs.tsx'

export interface Snippet {
  language: string
  code: string
}

interface SecretDialogProps {
  title: string
  /** What is to be known before anything else. */
  warning: string
  secret: string
  /** How it is used, with a name in the place of the secret. */
  snippets: readonly Snippet[]
  onClose: () => void
}

/** Shows a secret that may never be shown again: it is closed on purpose only, and asks twice where nothing was copied. */
export function SecretDialog({ title, warning, secret, snippets, onClose }: SecretDialogProps): ReactNode {
  const { t } = useLeadhooks()
  const [isShown, setIsShown] = useState(false)
  const [isAsking, setIsAsking] = useState(false)
  const text = useRef<HTMLElement>(null)
  const copyButton = useRef<HTMLButtonElement>(null)
  const copy = useCopy(secret, text)
  const isRefused = copy.state === 'refused'
  const isOpen = isShown || isRefused
  const isSafe = copy.state === 'copied'

  useEffect(() => {
    copyButton.current?.focus()
  }, [])
  useWarnBeforeLeaving(!isSafe)

  const footer = isAsking ? (
    <>
      <p className="lh-foot-question" role="alert">
        {t('secret.not_copied')}
      </p>
      <Button onClick={() => setIsAsking(false)}>{t('secret.back')}</Button>
      <Button kind="danger" onClick={onClose}>
        {t('secret.close_anyway')}
      </Button>
    </>
  ) : (
    <Button kind={isSafe ? 'primary' : 'plain'} onClick={isSafe ? onClose : () => setIsAsking(true)}>
      {t('secret.saved')}
    </Button>
  )

  return (
    <Dialog title={title} isAlert onClose={onClose} footer={footer}>
      <p className="lh-note lh-note-warn">{warning}</p>
      <div className="lh-secret">
        <code ref={text} className="lh-secret-text">
          {isOpen ? secret : '•'.repeat(32)}
        </code>
        <Button onClick={() => setIsShown(!isShown)} disabled={isRefused}>
          {isOpen ? t('secret.hide') : t('secret.show')}
        </Button>
        <CopyButton kind="primary" buttonRef={copyButton} action={copy} label={t('copy.copy')} />
      </div>
      {isRefused && <p className="lh-note lh-note-bad">{t('copy.refused')}</p>}
      <h4 className="lh-subtitle">{t('secret.usage')}</h4>
      <Tabs
        label={t('secret.usage')}
        tabs={snippets.map(({ language, code }) => ({
          id: language,
          label: language,
          content: <CodeBlock label={language} code={code} />,
        }))}
      />
    </Dialog>
  )
}

function useWarnBeforeLeaving(isUnsaved: boolean): void {
  useEffect(() => {
    if (!isUnsaved) return undefined
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault()
    addEventListener('beforeunload', warn)
    return () => removeEventListener('beforeunload', warn)
  }, [isUnsaved])
}
