// What the descriptions in docs/requirements/ ask for, piece by piece: every bullet, table row and request, by section.
//   node scripts/extract-requirements.ts docs/requirements/lead-crm-readme.md
import { readFileSync } from 'node:fs'

export interface Requirement {
  /** The heading that it stands under. */
  section: string
  item: string
}

const bullet = /^\s*(?:[-*]|\d+\.)\s+(?:\[[x ]\]\s*)?(.+)$/
const request = /^(?:curl -X )?(GET|POST|PUT|PATCH|DELETE)\s+(\S+)/

/** The pieces of a description in Markdown, each once. */
export function extractRequirements(markdown: string): Requirement[] {
  const found = new Map<string, Requirement>()
  let section = ''
  let isCode = false
  let isTable = false
  for (const line of markdown.split('\n')) {
    if (line.trimStart().startsWith('```')) isCode = !isCode
    else if (!isCode && /^#+ /.test(line)) section = plain(line.replace(/^#+ /, ''))
    const isRow = !isCode && line.startsWith('|')
    // The first row of a table is its head.
    const text = isRow ? isTable && rowIn(line) : isCode ? requestIn(line) : bullet.exec(line)?.[1]
    isTable = isRow
    const item = text && plain(text)
    if (item) found.set(`${section}\n${item}`, { section, item })
  }
  return [...found.values()]
}

function requestIn(line: string): string | undefined {
  const [, method, target] = request.exec(line.trim()) ?? []
  return target && `${method} ${target.replace(/^https?:\/\/[^/]+/, '')}`
}

/** Undefined for the line beneath the head. */
function rowIn(line: string): string | undefined {
  const cells = line.split('|').slice(1, -1)
  return cells.every((cell) => /^\s*:?-+:?\s*$/.test(cell)) ? undefined : cells.join(': ')
}

/** Without what only makes it look nice. */
function plain(text: string): string {
  const words = text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/`|\*\*|\\/g, '')
  return words.replace(/\s+/g, ' ').replace(/ : /g, ': ').trim()
}

const [, script, path] = process.argv
if (script === import.meta.filename && path !== undefined) {
  for (const { section, item } of extractRequirements(readFileSync(path, 'utf8')))
    console.log(`${section}: ${item}`)
}
