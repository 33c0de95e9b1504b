import { type ReactNode, useState } from 'react'
import { type Session, signIn } from './session.ts'

export function SignIn({ onSignIn }: { onSignIn: (session: Session) => void }): ReactNode {
  const [problem, setProblem] = useState('')

  async function submit(form: FormData): Promise<void> {
    try {
      onSignIn(await signIn(textOf(form, 'email'), textOf(form, 'password')))
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error))
    }
  }

  return (
    <form action={submit}>
      <h1>Open House CRM</h1>
      <p>
        <label>
          Email <input name="email" type="email" autoComplete="username" required />
        </label>
      </p>
      <p>
        <label>
          Password <input name="password" type="password" autoComplete="current-password" required />
        </label>
      </p>
      <button type="submit">Sign in</button>
      <p role="alert">{problem}</p>
    </form>
  )
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}
