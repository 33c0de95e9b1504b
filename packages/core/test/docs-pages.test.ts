import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { chapters } from '../../../docs/.vitepress/pages.ts'

test('the sidebar of the docs leads to each page', () => {
  const folder = new URL('../../../docs/', import.meta.url)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const pages = files
    .filter((file) => file.endsWith('.md') && !/^\.|^requirements\/|^index.md$/.test(file))
    .map((file) => `/${file.replace(/README\.md$|\.md$/, '')}`)
  const links = chapters.flatMap(({ items }) => items.map(({ link }) => link))
  expect(links.toSorted()).toEqual(pages.toSorted())
})
