import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Assets } from '../src/assets.ts'
import { bundleApp } from '../src/bundle-app.ts'

const kilobyte = 1024
const root = fileURLToPath(new URL('..', import.meta.url))

let assets: Assets
beforeAll(async () => {
  assets = await bundleApp()
})

const sizeOf = (name: string): number => Buffer.from(assets.files[name]?.gzipped ?? '', 'base64').length

describe('what a browser loads first, gzipped', () => {
  const named = (ending: string): string[] =>
    [...assets.page.matchAll(/\.\/-\/assets\/([\w.-]+)/g)].flatMap(([, name = '']) =>
      name.endsWith(ending) ? [name] : [],
    )

  test('at most 120 KB of scripts, React included', () => {
    const scripts = named('.js')
    expect(scripts).toHaveLength(1)
    const total = scripts.reduce((sum, name) => sum + sizeOf(name), 0)
    expect(total).toBeGreaterThan(60 * kilobyte)
    expect(total).toBeLessThan(120 * kilobyte)
  })

  test('at most 10 KB of styles', () => {
    const total = named('.css').reduce((sum, name) => sum + sizeOf(name), 0)
    expect(total).toBeGreaterThan(2 * kilobyte)
    expect(total).toBeLessThan(10 * kilobyte)
  })
})

test('the page carries no script and no style of its own, and names nothing but files beside it', () => {
  expect(assets.page).not.toMatch(/<style|style=|<script(?![^>]* src=)|\son\w+=|https?:|\/\//)
  const addresses = [...assets.page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address)
  expect(addresses.length).toBeGreaterThan(2)
  expect(addresses.filter((address) => !address?.startsWith('./-/assets/'))).toEqual([])
})

test('the package has at most 1 MB, unpacked, and looks for no file at run time', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leadhooks-admin-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  execFileSync('npx', ['tsup', '--no-dts', '--out-dir', folder], { cwd: root, stdio: 'pipe' })
  const files = readdirSync(folder)
  const total = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)
  expect(total).toBeGreaterThan(200 * kilobyte)
  expect(total).toBeLessThan(1000 * kilobyte)
  const code = files
    .filter((file) => !file.startsWith('assets'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
  expect(code.length).toBeGreaterThan(5)
  expect(
    code.filter((text) => /node:fs|node:path|import\.meta\.url|__dirname|bundle-app/.test(text)),
  ).toEqual([])
})
