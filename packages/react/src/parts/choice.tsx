'use client'
import { type ReactNode, useId } from 'react'

export interface Option<Value extends string> {
  value: Value
  label: string
  hint?: string | undefined
}

interface ChoiceProps<Value extends string> {
  label: string
  value: Value
  options: readonly Option<Value>[]
  onChange: (value: NoInfer<Value>) => void
}

/** One of a few, all of them in sight. */
export function Choice<Value extends string>({
  label,
  value,
  options,
  onChange,
}: ChoiceProps<Value>): ReactNode {
  const name = useId()
  return (
    <fieldset className="lh-choice">
      <legend className="lh-label">{label}</legend>
      {options.map((option) => (
        <label key={option.value} className="lh-choice-option">
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <span>
            {option.label}
            {option.hint !== undefined && <span className="lh-hint">{option.hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  )
}

interface SelectProps<Value extends string> extends ChoiceProps<Value> {
  id?: string | undefined
  /** True where the label is to be heard only. @default false */
  isLabelHidden?: boolean | undefined
}

/** One of many. */
export function Select<Value extends string>({
  label,
  value,
  options,
  onChange,
  id,
  isLabelHidden = false,
}: SelectProps<Value>): ReactNode {
  const ownId = useId()
  return (
    <div className="lh-field">
      <label className={isLabelHidden ? 'lh-heard' : 'lh-label'} htmlFor={id ?? ownId}>
        {label}
      </label>
      <select
        id={id ?? ownId}
        className="lh-input"
        value={value}
        onChange={(event) => onChange(event.target.value as Value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  )
}
