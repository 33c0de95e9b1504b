'use client'
import type { ReactNode } from 'react'
import { ContextProvider, type LeadhooksProps, ScopeContext, useScope } from './leadhooks-context.ts'

/** Gives a client, a language and a look to all components and hooks within it. */
export function LeadhooksProvider({
  children,
  ...props
}: LeadhooksProps & { children: ReactNode }): ReactNode {
  const { scope, context } = useScope(props)
  return (
    <ScopeContext.Provider value={scope}>
      <ContextProvider value={context}>{children}</ContextProvider>
    </ScopeContext.Provider>
  )
}
