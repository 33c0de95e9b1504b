import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { extractRequirements, type Requirement } from '../../../scripts/extract-requirements.ts'

const docs = join(import.meta.dirname, '../../../docs')
const descriptions = readdirSync(join(docs, 'requirements'))

interface Row extends Requirement {
  state: string
  links: { label: string; path: string }[]
}

const link = /\[([^\]]+)\]\(([^)\s]+)\)/g

/** The rows of docs/requirements.md, by the description that they are about. */
function readTables(): Map<string, Row[]> {
  const tables = new Map<string, Row[]>()
  const parts = readFileSync(join(docs, 'requirements.md'), 'utf8').split(/^## /m).slice(1)
  for (const part of parts) {
    const [, description = ''] = /\]\(requirements\/([^)]+)\)/.exec(part) ?? []
    const rows: Row[] = []
    let section = ''
    for (const line of part.split('\n')) {
      if (line.startsWith('### ')) section = line.slice(4)
      if (!line.startsWith('| ') || /^\| (asked for|---)/.test(line)) continue
      const [asked = '', state = '', ...shown] = line.slice(2).split(' | ')
      const links = [...shown.join(' ').matchAll(link)].map(([, label = '', path = '']) => ({ label, path }))
      rows.push({ section: plain(section), item: plain(asked), state: state.trim(), links })
    }
    tables.set(description, rows)
  }
  return tables
}

const nameOf = ({ section, item }: Requirement): string => `${section}: ${item}`
const plain = (text: string): string => text.replaceAll('\\', '').trim()

const tables = readTables()

test('every description has its tables', () => {
  expect([...tables.keys()].sort()).toEqual(descriptions.sort())
})

test.each(descriptions)(
  '%s: every endpoint, table row and bullet has its row, and there are no others',
  (name) => {
    const wanted = extractRequirements(readFileSync(join(docs, 'requirements', name), 'utf8'))
    const rows = tables.get(name) ?? []
    expect(rows.map(nameOf).sort()).toEqual(wanted.map(nameOf).sort())
  },
)

test.each(descriptions)('%s: each row is built, and shows where, or says why it is not', (name) => {
  for (const { item, state, links } of tables.get(name) ?? []) {
    if (state.startsWith('not built, because ')) continue
    expect([item, state, links.length]).toEqual([item, expect.stringMatching(/^built(: .+)?$/), 3])
    for (const { path } of links)
      expect([item, path, existsSync(join(docs, path))]).toEqual([item, path, true])
    // A test is named by its title, or, where the whole file is about it, by that.
    const [, shownBy] = links
    const path = join(docs, shownBy?.path ?? '')
    const isWhole = shownBy?.label === basename(path)
    expect([
      item,
      isWhole || (statSync(path).isFile() && readFileSync(path, 'utf8').includes(shownBy?.label ?? '')),
    ]).toEqual([item, true])
  }
})
