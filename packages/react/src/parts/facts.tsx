'use client'
import { Fragment, type ReactNode } from 'react'

/** What is known of something: terms with their values. Those of null are left out. */
export function Facts({
  facts,
}: {
  facts: readonly (readonly [term: string, value: ReactNode])[]
}): ReactNode {
  return (
    <dl className="lh-facts">
      {facts.map(
        ([term, value]) =>
          value !== null && (
            <Fragment key={term}>
              <dt>{term}</dt>
              <dd>{value}</dd>
            </Fragment>
          ),
      )}
    </dl>
  )
}
