'use client'
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'

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
  onSelect?: ((bar: Bar) => void) | undefined
}

const width = 600
const height = 140
const day: Intl.DateTimeFormatOptions = { month: 'short', day: 'numeric' }

/**
 * Stacked bars over time. Each can be gone to by the arrow keys; the second part is hatched, so that it is told apart without
 * colour; the same numbers are in a table below.
 */
export function BarChart(props: BarChartProps): ReactNode {
  const { label, first, second, bars, time = day, onSelect } = props
  const { t, locale } = useLeadhooks()
  const [at, setAt] = useState<number | undefined>(undefined)
  const id = useId().replaceAll(/\W/g, '')
  const number = new Intl.NumberFormat(locale)
  const date = new Intl.DateTimeFormat(locale, time)
  const highest = Math.max(1, ...bars.map((bar) => bar.first + bar.second))
  const step = width / Math.max(1, bars.length)
  const say = (bar: Bar): string =>
    `${date.format(new Date(bar.at))}: ${first} ${number.format(bar.first)}, ${second} ${number.format(bar.second)}`
  const current = at === undefined ? undefined : bars[at]

  function onKeyDown(event: KeyboardEvent): void {
    const last = bars.length - 1
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
    } else if (event.key === 'Enter' && current !== undefined) onSelect?.(current)
  }

  return (
    <figure className="lh-chart" aria-label={label}>
      <figcaption className="lh-chart-head">
        <span className="lh-legend lh-legend-first">{first}</span>
        <span className="lh-legend lh-legend-second">{second}</span>
        <output className="lh-muted">{current && say(current)}</output>
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
          <pattern id={id} width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect className="lh-bar-second" width="4" height="4" />
            <rect className="lh-bar-hatch" width="1.5" height="4" />
          </pattern>
        </defs>
        {bars.map((bar, index) => {
          const tall = (value: number): number => (value / highest) * height
          const box = { x: index * step + step * 0.1, width: step * 0.8 }
          return (
            <g
              key={bar.at}
              className={index === at ? 'lh-bar lh-bar-current' : 'lh-bar'}
              onMouseEnter={() => setAt(index)}
              onClick={() => onSelect?.(bar)}
            >
              <rect className="lh-bar-back" x={index * step} width={step} y="0" height={height} />
              <rect {...box} className="lh-bar-first" y={height - tall(bar.first)} height={tall(bar.first)} />
              <rect
                {...box}
                fill={`url(#${id})`}
                y={height - tall(bar.first + bar.second)}
                height={tall(bar.second)}
              />
            </g>
          )
        })}
      </svg>
      <div className="lh-chart-ends">
        <span>{bars[0] && date.format(new Date(bars[0].at))}</span>
        <span>{t('chart.highest', { count: highest })}</span>
        <span>{bars.at(-1) && date.format(new Date(bars.at(-1)?.at ?? ''))}</span>
      </div>
      <details className="lh-more">
        <summary>{t('chart.table')}</summary>
        <table className="lh-table lh-table-small" aria-label={label}>
          <thead>
            <tr>
              <th scope="col">{t('chart.time')}</th>
              <th scope="col" className="lh-end">
                {first}
              </th>
              <th scope="col" className="lh-end">
                {second}
              </th>
            </tr>
          </thead>
          <tbody>
            {bars.map((bar) => (
              <tr key={bar.at}>
                <td data-lh-label={t('chart.time')}>{date.format(new Date(bar.at))}</td>
                <td className="lh-end" data-lh-label={first}>
                  {number.format(bar.first)}
                </td>
                <td className="lh-end" data-lh-label={second}>
                  {number.format(bar.second)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  )
}
