'use client'
import { type ReactNode, useId } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { ChartTable } from './chart-table.tsx'
import { useChartCursor } from './use-chart-cursor.ts'

export interface Bar {
  /** When it begins. */
  at: string
  /** What is well, and what is not. */
  first: number
  second: number
}

interface BarChartProps {
  label: string
  /** The names of what is stacked. */
  first: string
  second: string
  bars: readonly Bar[]
  /** How a time is written. @default its day */
  time?: Intl.DateTimeFormatOptions | undefined
}

const width = 600
const height = 140
const day: Intl.DateTimeFormatOptions = { month: 'short', day: 'numeric' }

/**
 * Stacked bars over time. Each can be gone to by the arrow keys; the second part is hatched, so that it is told apart without
 * colour; the same numbers are in a table below.
 */
export function BarChart({ label, first, second, bars, time = day }: BarChartProps): ReactNode {
  const { t, locale } = useLeadhooks()
  const { at, setAt, onKeyDown } = useChartCursor(bars.length)
  const pattern = useId().replaceAll(/\W/g, '')
  const number = new Intl.NumberFormat(locale)
  const format = new Intl.DateTimeFormat(locale, time)
  const date = (bar: Bar | undefined): string => (bar === undefined ? '' : format.format(new Date(bar.at)))
  const highest = Math.max(1, ...bars.map((bar) => bar.first + bar.second))
  const step = width / Math.max(1, bars.length)
  const tall = (value: number): number => (value / highest) * height
  const current = at === undefined ? undefined : bars[at]

  return (
    <figure className="lh-chart" aria-label={label}>
      <figcaption className="lh-chart-head">
        <span className="lh-legend lh-legend-first">{first}</span>
        <span className="lh-legend lh-legend-second">{second}</span>
        <output className="lh-muted">
          {current &&
            `${date(current)}: ${first} ${number.format(current.first)}, ${second} ${number.format(current.second)}`}
        </output>
      </figcaption>
      <svg
        className="lh-chart-plot"
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="group"
        aria-label={t('chart.hint', { label })}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onMouseLeave={() => setAt(undefined)}
      >
        <defs>
          <pattern
            id={pattern}
            width="4"
            height="4"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect className="lh-bar-second" width="4" height="4" />
            <rect className="lh-bar-hatch" width="1.5" height="4" />
          </pattern>
        </defs>
        {bars.map((bar, index) => {
          const box = { x: index * step + step * 0.1, width: step * 0.8 }
          return (
            <g
              key={bar.at}
              className={index === at ? 'lh-bar lh-bar-current' : 'lh-bar'}
              onMouseEnter={() => setAt(index)}
            >
              <rect className="lh-bar-back" x={index * step} width={step} y="0" height={height} />
              <rect {...box} className="lh-bar-first" y={height - tall(bar.first)} height={tall(bar.first)} />
              <rect
                {...box}
                fill={`url(#${pattern})`}
                y={height - tall(bar.first + bar.second)}
                height={tall(bar.second)}
              />
            </g>
          )
        })}
      </svg>
      <div className="lh-chart-ends">
        <span>{date(bars[0])}</span>
        <span>{t('chart.highest', { count: highest })}</span>
        <span>{date(bars.at(-1))}</span>
      </div>
      <ChartTable
        label={label}
        columns={[t('chart.time'), first, second]}
        rows={bars.map((bar) => [date(bar), bar.first, bar.second])}
      />
    </figure>
  )
}
