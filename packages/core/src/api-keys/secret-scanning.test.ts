import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { secretScanningRules } from './secret-scanning.ts'
import { createToken } from './token.ts'

const file = (name: string): string =>
  readFileSync(new URL(`../../secret-scanning/${name}`, import.meta.url), 'utf8')

test('the rule files of the package are those of the default prefix', () => {
  const { gitleaks, trufflehog, github } = secretScanningRules()
  expect(file('gitleaks.toml')).toBe(gitleaks)
  expect(file('trufflehog.yml')).toBe(trufflehog)
  expect(file('github-custom-pattern.txt')).toBe(github)
})

describe('the pattern', () => {
  test.each(['lh', 'sk'])('finds every token with the prefix %s, wherever it stands', (prefix) => {
    const pattern = new RegExp(`\\b(${secretScanningRules(prefix).pattern})\\b`)
    for (const environment of ['live', 'test'] as const) {
      const token = createToken(prefix, environment)
      for (const text of [token, `KEY="${token}"`, `https://x.example/?key=${token}&a=b`, `{"k":"${token}"}`])
        expect(pattern.exec(text)?.[1]).toBe(token)
    }
  })

  test('finds nothing in what only looks like one', () => {
    const pattern = new RegExp(`\\b(${secretScanningRules('lh').pattern})\\b`)
    const token = createToken('lh', 'live')
    for (const text of [
      token.slice(0, -1),
      `${token}x`,
      `x${token}`,
      token.replace('live', 'prod'),
      'lh_live_',
    ])
      expect(pattern.test(text), text).toBe(false)
  })
})
