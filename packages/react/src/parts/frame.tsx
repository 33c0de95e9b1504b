'use client'
import { createContext, type ReactNode, useContext } from 'react'
import { ContextProvider, type LeadhooksProps, ScopeContext, useScope } from '../leadhooks-context.ts'

/** What every component takes. */
export interface ComponentProps extends LeadhooksProps {
  className?: string | undefined
}

const IsWithin = createContext(false)

/** What stands around every component: its context, and once around all of them what the styles hang on. */
export function Frame({
  className,
  children,
  ...props
}: ComponentProps & { children: ReactNode }): ReactNode {
  const { scope, context } = useScope(props)
  const isWithin = useContext(IsWithin)
  const names = [isWithin ? 'lh-within' : 'lh-root', className].filter(Boolean).join(' ')
  return (
    <ScopeContext.Provider value={scope}>
      <ContextProvider value={context}>
        <IsWithin.Provider value>
          <div className={names} data-lh-theme={context.theme}>
            {children}
          </div>
        </IsWithin.Provider>
      </ContextProvider>
    </ScopeContext.Provider>
  )
}

interface PanelProps {
  title: string
  /** A sentence about what is here. */
  text?: string | undefined
  actions?: ReactNode
  children: ReactNode
}

export function Panel({ title, text, actions, children }: PanelProps): ReactNode {
  return (
    <section className="lh-panel" aria-label={title}>
      <header className="lh-panel-head">
        <div>
          <h2 className="lh-title">{title}</h2>
          {text !== undefined && <p className="lh-muted">{text}</p>}
        </div>
        {actions !== undefined && <div className="lh-actions">{actions}</div>}
      </header>
      {children}
    </section>
  )
}
