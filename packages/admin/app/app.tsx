import { type ReactNode, useEffect } from 'react'
import { Notice } from './notice.tsx'
import { sayIn } from './messages.ts'
import { useSession } from './session.ts'
import { Shell } from './shell.tsx'

/** Finds out who is there, then shows them their screens. */
export function App(): ReactNode {
  const loaded = useSession()
  const say = sayIn(navigator.language)
  useEffect(() => {
    if (loaded.state === 'ready') document.documentElement.lang = loaded.session.locale ?? 'en'
  }, [loaded])

  if (loaded.state === 'ready') return <Shell session={loaded.session} reload={loaded.reload} />
  return (
    <main className="lh-root la-alone">
      <h1 className="la-heard">{say('app.title')}</h1>
      {loaded.state === 'loading' ? (
        <p role="status">{say('app.loading')}</p>
      ) : (
        <Notice text={say(loaded.state === 'failed' ? 'app.failed' : 'app.signed_out')}>
          <button type="button" className="lh-button" onClick={loaded.reload}>
            {say('app.retry')}
          </button>
        </Notice>
      )}
    </main>
  )
}
