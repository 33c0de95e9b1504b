import { writeFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { defineConfig } from 'vitepress'
import { type Chapter, chapters } from './pages.ts'

const repository = 'https://github.com/leadhooks/leadhooks'

export default defineConfig({
  title: 'Leadhooks',
  description:
    'API keys and outbound webhooks for your customers’ organizations, inside your own process and database',
  cleanUrls: true,
  lastUpdated: true,
  srcExclude: ['requirements/**'],
  ignoreDeadLinks: 'localhostLinks',
  rewrites: { 'operations/README.md': 'operations/index.md' },
  themeConfig: {
    sidebar: chapters,
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: repository }],
    editLink: { pattern: `${repository}/edit/main/docs/:path` },
  },
  markdown: {
    config(md) {
      md.core.ruler.push('repository-links', ({ tokens, env }) => {
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          const href = token.attrGet('href')
          if (href !== null) token.attrSet('href', outside(href, String(env.relativePath)))
        }
      })
    },
  },
  // For language models (https://llmstxt.org).
  async buildEnd({ outDir }) {
    const summary =
      '> An embeddable TypeScript library: API keys and outbound webhooks in a host’s own process and database.'
    const text = ['# Leadhooks', summary, ...chapters.map(listed)].join('\n\n')
    await writeFile(join(outDir, 'llms.txt'), `${text}\n`)
  },
})

/** In the repository a link leads to a package, an example or a file; the site has only the pages. */
function outside(href: string, page: string): string {
  if (/^[a-z]+:|^#/.test(href)) return href
  const path = posix.join('docs', posix.dirname(page), href)
  const isPage = path.startsWith('docs/') && !/^docs\/requirements\/|\.json$/.test(path)
  return isPage ? href : `${repository}/blob/main/${path}`
}

function listed({ text, items }: Chapter): string {
  const lines = items.map((page) => `- [${page.text}](https://leadhooks.dev${page.link}): ${page.about}`)
  return `## ${text}\n\n${lines.join('\n')}`
}
