import type { Organization } from '@leadhooks/client'
import { useLeadhooks } from '@leadhooks/react'
import { type ReactNode, useEffect, useId, useState } from 'react'
import type { Say } from './messages.ts'
import { open } from './router.ts'

interface OrganizationSwitcherProps {
  say: Say
  organizationId: string
  screen: string
}

/** For staff: for whom they act, and another one. Any id will do: organizations need not be registered to have webhooks. */
export function OrganizationSwitcher({ say, organizationId, screen }: OrganizationSwitcherProps): ReactNode {
  const known = useOrganizations()
  const [typed, setTyped] = useState(organizationId)
  const listId = useId()

  function choose(id: string): void {
    if (id !== '' && id !== organizationId) open({ screen, parameters: { organization: id } })
  }

  return (
    <form
      className="la-switcher"
      onSubmit={(event) => {
        event.preventDefault()
        choose(typed.trim())
      }}
    >
      <label>
        <span className="la-heard">{say('app.organization')}</span>
        <input
          className="lh-input"
          list={listId}
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      <datalist id={listId}>
        {known.map(({ id, name }) => (
          <option key={id} value={id}>
            {name ?? id}
          </option>
        ))}
      </datalist>
      <button type="submit" className="lh-button" disabled={typed.trim() === organizationId}>
        {say('app.organization_open')}
      </button>
    </form>
  )
}

/** The first hundred that are registered; none where they cannot be read. */
export function useOrganizations(): Organization[] {
  const { client } = useLeadhooks()
  const [known, setKnown] = useState<Organization[]>([])
  useEffect(() => {
    const controller = new AbortController()
    client.organizations.list({ limit: 100 }, { signal: controller.signal }).then(
      ({ data }) => setKnown(data),
      () => undefined,
    )
    return () => controller.abort()
  }, [client])
  return known
}
