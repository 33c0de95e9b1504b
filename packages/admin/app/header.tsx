import { useLeadhooks } from '@leadhooks/react'
import type { MouseEvent, ReactNode } from 'react'
import type { Say } from './messages.ts'
import { toFragment } from './router.ts'
import { screens } from './screens.tsx'
import type { Session } from './session.ts'
import { OrganizationSwitcher } from './organization-switcher.tsx'

interface HeaderProps {
  session: Session
  title: string
  say: Say
  /** The one that is open. */
  screen: string
  organizationId: string | null
  go: (screen: string) => void
}

/** Whose screens these are, who looks at them, for whom, and the way to each. */
export function Header({ session, title, say, screen, organizationId, go }: HeaderProps): ReactNode {
  const { actor, branding, isReadOnly } = session
  return (
    <header className="la-header">
      <div className="la-brand">
        {branding.backLink && (
          <a className="la-back" href={branding.backLink.href}>
            ‹ {branding.backLink.label}
          </a>
        )}
        <Logo logo={branding.logo} />
        <h1 className="la-title">{title}</h1>
        {branding.environment !== undefined && (
          <span className="lh-pill lh-pill-warn">{branding.environment}</span>
        )}
        {isReadOnly && <span className="lh-pill lh-pill-info">{say('app.read_only')}</span>}
        <div className="la-who">
          {actor.isStaff && organizationId !== null && (
            <OrganizationSwitcher
              key={organizationId}
              say={say}
              organizationId={organizationId}
              screen={screen}
            />
          )}
          <span className="lh-muted la-name">{actor.name}</span>
        </div>
      </div>
      {organizationId !== null && (
        <Menu say={say} screen={screen} organizationId={organizationId} go={go} session={session} />
      )}
    </header>
  )
}

function Logo({ logo }: { logo: Session['branding']['logo'] }): ReactNode {
  if (logo === undefined) return null
  return (
    <picture>
      {logo.dark !== undefined && <source srcSet={logo.dark} media="(prefers-color-scheme: dark)" />}
      <img className="la-logo" src={logo.light} alt="" />
    </picture>
  )
}

function Menu({ session, say, screen, organizationId, go }: Omit<HeaderProps, 'title'>): ReactNode {
  const { t, can } = useLeadhooks()
  const parameters: Record<string, string> =
    session.actor.isStaff && organizationId !== null ? { organization: organizationId } : {}

  /** Another tab or window is the browser's to open. */
  function follow(event: MouseEvent, name: string): void {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    go(name)
  }

  return (
    <nav className="la-menu" aria-label={say('app.menu')}>
      {screens
        .filter(({ needs }) => can(needs))
        .map(({ name, title }) => (
          <a
            key={name}
            className="la-link"
            href={toFragment({ screen: name, parameters })}
            aria-current={name === screen ? 'page' : undefined}
            onClick={(event) => follow(event, name)}
          >
            {t(title)}
          </a>
        ))}
    </nav>
  )
}
