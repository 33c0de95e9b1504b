import { WebhookApiManagement } from '@leadhooks/react'
import { type ReactNode, useEffect, useState } from 'react'
import { SignIn } from './sign-in.tsx'
import { readSession, type Session, signOut } from './session.ts'

/** The settings of whoever is signed in. The components find the management API at `/api/v1`, and the session in the cookie. */
export function SettingsPage(): ReactNode {
  const [session, setSession] = useState<Session | null | undefined>(undefined)
  useEffect(() => void readSession().then(setSession), [])

  if (session === undefined) return <p>One moment …</p>
  if (session === null) return <SignIn onSignIn={setSession} />
  return (
    <>
      <h1>Settings</h1>
      <p>
        {session.email}, {session.organizationId}{' '}
        <button type="button" onClick={() => void signOut().then(() => setSession(null))}>
          Sign out
        </button>
      </p>
      <WebhookApiManagement permissions={session.permissions} />
    </>
  )
}
