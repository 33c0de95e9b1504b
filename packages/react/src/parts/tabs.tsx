'use client'
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react'

export interface Tab<Id extends string = string> {
  id: Id
  label: string
  content: ReactNode
}

interface TabsProps<Id extends string> {
  label: string
  tabs: readonly Tab<Id>[]
  /** The one that is open; with `onSelect`, for whoever keeps it elsewhere. @default kept here */
  selected?: NoInfer<Id> | undefined
  onSelect?: ((id: NoInfer<Id>) => void) | undefined
}

/** Tabs of which the arrow keys choose one, as the ARIA practices have it. */
export function Tabs<Id extends string>({ label, tabs, selected, onSelect }: TabsProps<Id>): ReactNode {
  const id = useId()
  const [own, setOwn] = useState(tabs[0]?.id)
  const list = useRef<HTMLDivElement>(null)
  const open = selected ?? own
  const current = tabs.find((tab) => tab.id === open) ?? tabs[0]

  function select(index: number): void {
    const tab = tabs.at(index % tabs.length)
    if (tab === undefined) return
    setOwn(tab.id)
    onSelect?.(tab.id)
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[tabs.indexOf(tab)]?.focus()
  }

  function onKeyDown(event: KeyboardEvent): void {
    const at = tabs.findIndex((tab) => tab.id === current?.id)
    const targets: Record<string, number> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }
    const target = targets[event.key]
    if (target === undefined) return
    event.preventDefault()
    select(target)
  }

  if (current === undefined) return null
  return (
    <div className="lh-tabs">
      <div ref={list} role="tablist" aria-label={label} className="lh-tablist">
        {tabs.map((tab, index) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${id}-tab-${index}`}
            aria-selected={tab === current}
            aria-controls={`${id}-panel`}
            tabIndex={tab === current ? 0 : -1}
            className="lh-tab"
            onClick={() => select(index)}
            onKeyDown={onKeyDown}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-tab-${tabs.indexOf(current)}`}
        className="lh-tabpanel"
      >
        {current.content}
      </div>
    </div>
  )
}
