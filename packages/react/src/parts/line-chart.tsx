'use client'
import type { ReactNode } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { ChartTable } from './chart-table.tsx'
import { useChartCursor } from './use-chart-cursor.ts'

interface LineChartProps {
  label: string
  /** The names of the lines. */
  lines: readonly string[]
  points: readonly { at: string; values: readonly number[] }[]
  /** How a time is written. */
  time: Intl.DateTimeFormatOptions
  /** How a value is said: `250 ms`. */
  say: (value: number) => string
}

const width = 600
const height = 140

/** Lines over time, told apart by how they are dashed too. Points where there is nothing are left out. */
export function LineChart({ label, lines, points, time, say }: LineChartProps): ReactNode {
  const { t, locale } = useLeadhooks()
  const { at, setAt, onKeyDown } = useChartCursor(points.length)
  const format = new Intl.DateTimeFormat(locale, time)
  const highest = Math.max(1, ...points.flatMap(({ values }) => values))
  const step = width / Math.max(1, points.length)
  const x = (index: number): number => (index + 0.5) * step
  const y = (value: number): number => height - 4 - (value / highest) * (height - 8)
  const date = (index: number): string => {
    const point = points.at(index)
    return point === undefined ? '' : format.format(new Date(point.at))
  }
  const current = at === undefined ? undefined : points[at]

  return (
    <figure className="lh-chart" aria-label={label}>
      <figcaption className="lh-chart-head">
        {lines.map((line, index) => (
          <span key={line} className={`lh-legend lh-legend-line-${index}`}>
            {line}
          </span>
        ))}
        <output className="lh-muted">
          {current !== undefined &&
            `${date(at ?? 0)}: ${lines.map((line, index) => `${line} ${say(current.values[index] ?? 0)}`).join(', ')}`}
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
        {points.map((point, index) => (
          <g
            key={point.at}
            className={index === at ? 'lh-bar lh-bar-current' : 'lh-bar'}
            onMouseEnter={() => setAt(index)}
          >
            <rect className="lh-bar-back" x={index * step} width={step} y="0" height={height} />
          </g>
        ))}
        {lines.map((line, index) => (
          <path
            key={line}
            className={`lh-line lh-line-${index}`}
            d={pathOf(
              points.map(({ values }) => values[index] ?? 0),
              x,
              y,
            )}
            vectorEffect="non-scaling-stroke"
          />
        ))}
      </svg>
      <div className="lh-chart-ends">
        <span>{date(0)}</span>
        <span>{t('chart.highest_value', { value: say(highest) })}</span>
        <span>{date(-1)}</span>
      </div>
      <ChartTable
        label={label}
        columns={[t('chart.time'), ...lines]}
        rows={points.map(({ values }, index) => [date(index), ...values])}
      />
    </figure>
  )
}

/** One stroke for each run of points that there is something at; a dash for one that stands alone. */
function pathOf(
  values: readonly number[],
  x: (index: number) => number,
  y: (value: number) => number,
): string {
  return values
    .map((value, index) => {
      if (value === 0) return ''
      const isFirst = (values[index - 1] ?? 0) === 0
      const isAlone = isFirst && (values[index + 1] ?? 0) === 0
      const half = (x(1) - x(0)) / 4
      if (isAlone) return `M${(x(index) - half).toFixed(1)} ${y(value).toFixed(1)}h${(half * 2).toFixed(1)}`
      return `${isFirst ? 'M' : 'L'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`
    })
    .join('')
}
