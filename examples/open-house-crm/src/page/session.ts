/** Who is signed in. */
export interface Session {
  email: string
  organizationId: string
  permissions: string[]
}

export async function readSession(): Promise<Session | null> {
  const response = await fetch('/api/session')
  return response.ok ? ((await response.json()) as { data: Session }).data : null
}

/** Rejects with what to tell the user. */
export async function signIn(email: string, password: string): Promise<Session> {
  const response = await fetch('/api/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  const answer = (await response.json()) as { data: Session; error?: { message: string } }
  if (answer.error !== undefined) throw new Error(answer.error.message)
  return answer.data
}

export async function signOut(): Promise<void> {
  await fetch('/api/session', { method: 'DELETE' })
}
