'use client'
import { type KeyboardEvent, useState } from 'react'

export interface ChartCursor {
  /** The point that is looked at. */
  at: number | undefined
  setAt: (at: number | undefined) => void
  onKeyDown: (event: KeyboardEvent) => void
}

/** Goes from point to point of a chart by the arrow keys; the Enter key chooses one. */
export function useChartCursor(length: number, onSelect?: (at: number) => void): ChartCursor {
  const [at, setAt] = useState<number | undefined>(undefined)

  function onKeyDown(event: KeyboardEvent): void {
    const last = length - 1
    const from = at ?? last
    const targets: Record<string, number> = {
      ArrowLeft: Math.max(0, from - 1),
      ArrowRight: Math.min(last, from + 1),
      Home: 0,
      End: last,
    }
    const target = targets[event.key]
    if (target !== undefined) {
      event.preventDefault()
      setAt(target)
    } else if (event.key === 'Enter' && at !== undefined) onSelect?.(at)
  }

  return { at, setAt, onKeyDown }
}
