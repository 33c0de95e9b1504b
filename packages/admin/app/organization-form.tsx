import { type ReactNode, useId, useState } from 'react'
import type { Say } from './messages.ts'
import { useOrganizations } from './organization-switcher.tsx'

/** What staff see first: for whom do they want to act? */
export function OrganizationForm({ say, onChoose }: { say: Say; onChoose: (id: string) => void }): ReactNode {
  const known = useOrganizations()
  const [typed, setTyped] = useState('')
  const inputId = useId()
  return (
    <section className="lh-panel" aria-label={say('app.organization_choose')}>
      <h2 className="lh-title">{say('app.organization_choose')}</h2>
      <p className="lh-muted">{say('app.organization_text')}</p>
      <form
        className="lh-toolbar"
        onSubmit={(event) => {
          event.preventDefault()
          if (typed.trim() !== '') onChoose(typed.trim())
        }}
      >
        <div className="lh-field">
          <label className="lh-label" htmlFor={inputId}>
            {say('app.organization')}
          </label>
          <input
            id={inputId}
            className="lh-input"
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </div>
        <button type="submit" className="lh-button lh-button-primary">
          {say('app.organization_open')}
        </button>
      </form>
      {known.length > 0 && (
        <ul className="la-organizations">
          {known.map(({ id, name }) => (
            <li key={id}>
              <button type="button" className="lh-link" onClick={() => onChoose(id)}>
                {name ?? id}
              </button>
              {name !== null && <span className="lh-muted"> {id}</span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
