'use client'
import type { EventType } from '@leadhooks/client'
import { type ReactNode, useState } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { SearchBox } from '../parts/search-box.tsx'
import { Choice } from '../parts/choice.tsx'
import { useEventTypes } from './use-webhooks.ts'

interface EventPickerProps {
  /** Types, and patterns such as `contact.*`. Empty means all. */
  value: readonly string[]
  onChange: (value: string[]) => void
  isAll: boolean
  onAll: (isAll: boolean) => void
}

export function EventPicker({ value, onChange, isAll, onAll }: EventPickerProps): ReactNode {
  const { t } = useLeadhooks()
  return (
    <>
      <Choice
        label={t('webhooks.events')}
        value={isAll ? 'all' : 'some'}
        onChange={(choice) => onAll(choice === 'all')}
        options={[
          { value: 'all', label: t('webhooks.events_all'), hint: t('webhooks.events_all_hint') },
          { value: 'some', label: t('webhooks.events_some') },
        ]}
      />
      {!isAll && <TypeList value={value} onChange={onChange} />}
    </>
  )
}

interface Entry {
  type: string
  description: string | null
}

function TypeList({ value, onChange }: Pick<EventPickerProps, 'value' | 'onChange'>): ReactNode {
  const { t } = useLeadhooks()
  const [search, setSearch] = useState('')
  const entries = entriesOf(useEventTypes().data ?? [], value, t('webhooks.events_group'))
  const found = entries.filter(({ type, description }) =>
    `${type} ${description ?? ''}`.toLowerCase().includes(search.toLowerCase()),
  )
  const toggle = (type: string): void =>
    onChange(value.includes(type) ? value.filter((other) => other !== type) : [...value, type])

  return (
    <fieldset className="lh-picker">
      <legend className="lh-heard">{t('webhooks.events')}</legend>
      <SearchBox label={t('webhooks.events_search')} value={search} onChange={setSearch} />
      <div className="lh-picker-list">
        {found.map(({ type, description }) => (
          <label key={type} className="lh-choice-option">
            <input type="checkbox" checked={value.includes(type)} onChange={() => toggle(type)} />
            <span>
              <code>{type}</code>
              {description !== null && <span className="lh-hint">{description}</span>}
            </span>
          </label>
        ))}
        {found.length === 0 && <p className="lh-muted">{t('list.no_matches')}</p>}
      </div>
    </fieldset>
  )
}

/** Each type, before the first of a group the group (`contact.*`), and what was chosen and is in neither. */
function entriesOf(types: readonly EventType[], chosen: readonly string[], group: string): Entry[] {
  const names = types.map(({ name }) => name)
  const prefixes = new Set(
    names.flatMap((name) => (name.includes('.') ? [name.slice(0, name.lastIndexOf('.'))] : [])),
  )
  const groups = [...prefixes].map((prefix) => ({ type: `${prefix}.*`, description: group }))
  const known: Entry[] = [...groups, ...types.map(({ name, description }) => ({ type: name, description }))]
  const others = chosen.filter((type) => !known.some((entry) => entry.type === type))
  return [...known, ...others.map((type) => ({ type, description: null }))].sort((a, b) =>
    a.type < b.type ? -1 : 1,
  )
}
