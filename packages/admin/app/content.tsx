import { useLeadhooks } from '@leadhooks/react'
import type { ReactNode } from 'react'
import type { Say } from './messages.ts'
import type { Route } from './router.ts'
import { type ScreenProps, screens } from './screens.tsx'

interface ContentProps extends Omit<ScreenProps, 'parameters'> {
  route: Route
  say: Say
}

/** The screen that the address names. */
export function Content({ route, say, open, note }: ContentProps): ReactNode {
  const { can } = useLeadhooks()
  const { organization: _organization, ...parameters } = route.parameters
  const screen = screens.find(({ name }) => name === route.screen)
  if (screen === undefined) return <p className="la-blank">{say('app.no_screen')}</p>
  // The first screen is not chosen: who may not see it gets one that they may.
  const shown =
    can(screen.needs) || route.screen !== 'overview' ? screen : screens.find(({ needs }) => can(needs))
  if (shown === undefined) return <p className="la-blank">{say('app.nothing')}</p>
  return <shown.Content key={shown.name} parameters={parameters} open={open} note={note} />
}
