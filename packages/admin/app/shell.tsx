import { createLeadhooksClient } from '@leadhooks/client'
import { LeadhooksProvider, type Messages } from '@leadhooks/react'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { useConnection, watchedFetch } from './connection.ts'
import { Header } from './header.tsx'
import { isGerman, type Say, sayIn } from './messages.ts'
import { Notice } from './notice.tsx'
import { OrganizationForm } from './organization-form.tsx'
import { note, open, type Route, useRoute } from './router.ts'
import { Content } from './content.tsx'
import { apiUrl, type Session } from './session.ts'
import { useAccent } from './use-accent.ts'

interface ShellProps {
  session: Session
  /** Asks anew who is there. */
  reload: () => void
}

/** What stands around every screen. */
export function Shell({ session, reload }: ShellProps): ReactNode {
  const { actor, branding, locale, theme } = session
  const say = useMemo(() => sayIn(locale), [locale])
  const route = useRoute()
  const connection = useConnection()
  const messages = useMessages(locale)
  useAccent(branding.accent, theme)
  const title = branding.name ?? say('app.title')
  useEffect(() => {
    document.title = title
  }, [title])

  // Of staff the address says for whom they act; others have one organization, whatever it says.
  const organizationId = actor.isStaff
    ? (route.parameters['organization'] ?? actor.organizationId)
    : actor.organizationId
  const client = useMemo(
    () =>
      createLeadhooksClient({
        baseUrl: apiUrl,
        fetch: watchedFetch,
        organizationId: actor.isStaff && organizationId !== null ? organizationId : undefined,
      }),
    [actor.isStaff, organizationId],
  )
  const kept = actor.isStaff && organizationId !== null ? { organization: organizationId } : {}
  const go = (screen: string, parameters: Route['parameters'] = {}): void =>
    open({ screen, parameters: { ...parameters, ...kept } })

  if (messages === undefined) return null
  return (
    <LeadhooksProvider
      client={client}
      locale={locale ?? undefined}
      messages={messages}
      theme={theme}
      permissions={actor.permissions}
    >
      <div className="lh-root la-app" data-lh-theme={theme}>
        <a
          className="la-skip"
          href="#content"
          onClick={(event) => {
            event.preventDefault()
            document.querySelector<HTMLElement>('#content')?.focus()
          }}
        >
          {say('app.skip')}
        </a>
        <Header
          session={session}
          title={title}
          say={say}
          screen={route.screen}
          organizationId={organizationId}
          go={go}
        />
        <main id="content" className="la-content" tabIndex={-1}>
          <Troubles say={say} session={session} connection={connection} reload={reload} />
          {organizationId === null ? (
            <OrganizationForm
              say={say}
              onChoose={(id) => open({ screen: 'overview', parameters: { organization: id } })}
            />
          ) : (
            <Content
              key={organizationId}
              route={route}
              say={say}
              open={go}
              note={(parameters) => note({ screen: route.screen, parameters: { ...parameters, ...kept } })}
            />
          )}
        </main>
      </div>
    </LeadhooksProvider>
  )
}

/** English is at hand; another language is loaded first. Undefined until it is there. */
function useMessages(locale: string | null): Partial<Messages> | undefined {
  const [messages, setMessages] = useState<Partial<Messages> | undefined>(isGerman(locale) ? undefined : {})
  useEffect(() => {
    if (isGerman(locale)) void import('@leadhooks/react/messages/de').then(({ de }) => setMessages(de))
  }, [locale])
  return messages
}

interface TroublesProps extends ShellProps {
  say: Say
  connection: ReturnType<typeof useConnection>
}

function Troubles({ say, session, connection, reload }: TroublesProps): ReactNode {
  if (connection === 'gone') return <Notice text={say('app.gone')} />
  if (connection !== 'signed_out') return null
  const { signInUrl } = session
  return (
    <Notice text={say('app.signed_out')}>
      {signInUrl === null ? (
        <button type="button" className="lh-button" onClick={reload}>
          {say('app.retry')}
        </button>
      ) : (
        <a className="lh-button" href={signInUrl}>
          {say('app.sign_in')}
        </a>
      )}
    </Notice>
  )
}
