import { styleText } from 'node:util'

/** What happened, as one line: when, to what, and how it went. */
export interface Happening {
  atMs: number
  mark: keyof typeof marks
  eventType: string
  lead: string
  webhook?: string
  attempt?: number
  statusCode?: number | null
  text: string
}

const marks = {
  written: ['blue', '•'],
  delivered: ['green', '✓'],
  retrying: ['yellow', '↻'],
  deadLetter: ['red', '✗'],
} as const

// Colours only on a terminal, and not where NO_COLOR is set: `styleText` looks at stdout and the environment.
const bold = (text: string): string => styleText('bold', text)
const dim = (text: string): string => styleText('dim', text)

// Whoever reads along may stop at any time, `npm run quickstart | head`, which comes to the same as a closed terminal.
process.stdout.on('error', () => process.emit('SIGHUP'))

function print(line = ''): void {
  process.stdout.write(`${line}\n`)
}

export function title(text: string): void {
  print(`\n${bold(text)}`)
}

export function step(number: number, text: string): void {
  print(`\n${bold(`${number}  ${text}`)}`)
}

export function note(text: string): void {
  print(dim(`   ${text}`))
}

export function fact(name: string, value: string, remark: string): void {
  print(`   ${name.padEnd(14)}${value.padEnd(23)}${dim(remark)}`)
}

export function portTaken(port: number, instead: number): void {
  print(styleText('yellow', `   Port ${port} is taken: using ${instead} instead`))
}

const headings = { seconds: 'seconds', sign: ' ', event: 'event', lead: 'lead', webhook: 'webhook' }

export function header(): void {
  print()
  print(dim(`   ${columns(headings)}attempt`))
}

export function happening({
  atMs,
  mark,
  eventType,
  lead,
  webhook = '',
  attempt,
  statusCode,
  text,
}: Happening): void {
  const [colour, sign] = marks[mark]
  const cells = {
    seconds: (atMs / 1000).toFixed(2),
    sign: styleText(colour, sign),
    event: eventType,
    lead,
    webhook,
  }
  const number = attempt === undefined ? '' : `${dim(`#${attempt}`)}  `
  const answer = attempt === undefined ? '' : `${statusCode ?? '---'}  `
  print(`   ${columns(cells)}${number}${styleText(colour, answer + text)}`)
}

function columns({ seconds, sign, event, lead, webhook }: typeof headings): string {
  return `${seconds.padStart(7)}  ${sign} ${event.padEnd(11)}  ${lead.padEnd(12)}  ${webhook.padEnd(7)}  `
}

/** Numbers under their headings; the last row is the sum. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const width = Math.max(...[headings, ...rows].map((row) => (row[index] ?? '').length))
        return index === 0 ? cell.padEnd(width) : cell.padStart(width)
      })
      .join('   ')
  print(dim(`   ${line(headings)}`))
  rows.forEach((row, index) => print(`   ${index === rows.length - 1 ? bold(line(row)) : line(row)}`))
}

/** A command to paste, under what it does. */
export function command(comment: string, lines: readonly string[]): void {
  print()
  print(dim(`# ${comment}`))
  print(lines.join(' \\\n  '))
}

export function json(value: unknown): void {
  print(`\n${JSON.stringify(value)}`)
}

export function failure(reason: string): void {
  process.stderr.write(
    `\n${styleText('red', '✗', { stream: process.stderr })} The quickstart failed: ${reason}\n`,
  )
}
