'use client'
import { createLeadhooksClient, type LeadhooksClient } from '@leadhooks/client'
import { createContext, useContext, useMemo } from 'react'
import { type Cache, cacheOf } from './data/cache.ts'
import { en } from './messages/en.ts'
import { createTranslate, type Messages, type Translate } from './messages/translate.ts'

/** What every component takes, and what a `LeadhooksProvider` gives to all within it. */
export interface LeadhooksProps {
  /** @default a client of `/api/v1`, with the session of the signed-in user */
  client?: LeadhooksClient | undefined
  /** Of numbers and dates, and of plurals. @default the browser's */
  locale?: string | undefined
  /** What is to be said otherwise, or in another language: `import { de } from '@leadhooks/react/messages/de'`. */
  messages?: Partial<Messages> | undefined
  /** @default 'system' */
  theme?: 'light' | 'dark' | 'system' | undefined
  /**
   * What the user may do, as in the permissions of API keys: actions that are not among these are not shown. The API checks each by
   * itself. @default everything
   */
  permissions?: readonly string[] | undefined
}

export interface LeadhooksContext {
  client: LeadhooksClient
  cache: Cache
  t: Translate
  locale: string | undefined
  theme: 'light' | 'dark' | 'system'
  can: (permission: string) => boolean
}

/** What was given further up; undefined where nothing was. */
export const ScopeContext = createContext<LeadhooksProps>({})
const Context = createContext<LeadhooksContext | undefined>(undefined)
export const ContextProvider = Context.Provider

let standard: LeadhooksClient | undefined

function standardClient(): LeadhooksClient {
  return (standard ??= createLeadhooksClient({ baseUrl: '/api/v1' }))
}

/** Makes the context of what was given here and further up. */
export function useScope(props: LeadhooksProps): { scope: LeadhooksProps; context: LeadhooksContext } {
  const outer = useContext(ScopeContext)
  const client = props.client ?? outer.client
  const locale = props.locale ?? outer.locale
  const messages = props.messages ?? outer.messages
  const theme = props.theme ?? outer.theme
  const permissions = props.permissions ?? outer.permissions
  return useMemo(() => {
    const used = client ?? standardClient()
    return {
      scope: { client, locale, messages, theme, permissions },
      context: {
        client: used,
        cache: cacheOf(used),
        t: createTranslate({ ...en, ...messages }, locale),
        locale,
        theme: theme ?? 'system',
        can: (permission) =>
          permissions === undefined || permissions.some((held) => covers(held, permission)),
      },
    }
  }, [client, locale, messages, theme, permissions])
}

function covers(held: string, permission: string): boolean {
  if (held === '*') return true
  const [action, resource] = held.split(':')
  const [wantedAction, wantedResource] = permission.split(':')
  return (action === '*' || action === wantedAction) && (resource === '*' || resource === wantedResource)
}

/** For components and hooks within a `LeadhooksProvider`, or within a component of this package. */
export function useLeadhooks(): LeadhooksContext {
  const context = useContext(Context)
  if (context === undefined)
    throw new Error('Put a <LeadhooksProvider> around what uses hooks of @leadhooks/react')
  return context
}
