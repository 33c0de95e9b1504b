'use client'
import type { ReactNode } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from './button.tsx'
import { toCsv } from './csv.ts'

interface ChartTableProps {
  label: string
  /** The first is what the rows are of. */
  columns: readonly string[]
  rows: readonly (readonly [of: string, ...values: number[]])[]
}

/** The numbers of a chart, for whoever would rather read them, and as a file. */
export function ChartTable({ label, columns, rows }: ChartTableProps): ReactNode {
  const { t, locale } = useLeadhooks()
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
  return (
    <details className="lh-more">
      <summary>{t('chart.table')}</summary>
      <table className="lh-table lh-table-small" aria-label={label}>
        <thead>
          <tr>
            {columns.map((column, index) => (
              <th key={column} scope="col" className={index === 0 ? undefined : 'lh-end'}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([of, ...values]) => (
            <tr key={of}>
              <td data-lh-label={columns[0]}>{of}</td>
              {values.map((value, index) => (
                <td key={columns[index + 1]} className="lh-end" data-lh-label={columns[index + 1]}>
                  {number.format(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <Button kind="quiet" onClick={() => download(`${label}.csv`, toCsv([columns, ...rows]))}>
        {t('chart.csv')}
      </Button>
    </details>
  )
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
