import { createElement, type ReactNode } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, test } from 'vitest'
import * as library from '../../src/index.ts'
import { components } from '../components.ts'

test.each(components)('%s can be rendered on a server: it shows that it is loading', (name) => {
  const { [name]: Component } = library as unknown as Record<string, () => ReactNode>
  const html = renderToString(createElement(Component ?? (() => null)))
  expect(html).toContain('lh-root')
  expect(html).toContain('Loading …')
})
