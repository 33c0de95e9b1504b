'use client'
import { useState } from 'react'

/** A state that begins with what is given, and begins again when something else is. */
export function useGiven<T>(given: T): [T, (value: T) => void] {
  const key = JSON.stringify(given)
  const [state, setState] = useState({ key, value: given })
  const value = state.key === key ? state.value : given
  return [value, (next) => setState({ key, value: next })]
}
