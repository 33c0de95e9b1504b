'use client'
import { type ReactNode, useId } from 'react'

interface SearchBoxProps {
  /** To be heard, and to be seen as long as nothing is entered. */
  label: string
  value: string
  onChange: (value: string) => void
}

/** A field that something is searched by. */
export function SearchBox({ label, value, onChange }: SearchBoxProps): ReactNode {
  const id = useId()
  return (
    <div className="lh-field">
      <label className="lh-heard" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        type="search"
        className="lh-input"
        placeholder={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  )
}
