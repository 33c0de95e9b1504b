import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { testPrometheus } from '@leadhooks/test-services/vitest'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { RuleFile } from './rule-file.ts'

const rules = join(import.meta.dirname, '../rules')

async function promtool(...args: string[]): Promise<string> {
  return execFileSync(join(dirname(await testPrometheus()), 'promtool'), args, {
    cwd: rules,
    encoding: 'utf8',
  })
}

test('promtool finds nothing wrong with the rules', async () => {
  const checked = await promtool('check', 'rules', '--lint=all', '--lint-fatal', 'alerts.yml', 'aliases.yml')
  expect(checked).toMatch(/SUCCESS: 8 rules found[\s\S]*SUCCESS: 8 rules found/)
})

test('each alert fires when it should, and not else', async () => {
  expect(await promtool('test', 'rules', 'alerts.test.yml')).toContain('SUCCESS')
})

test('each alert has a section in the documentation that says what to do', () => {
  const docs = readFileSync(join(import.meta.dirname, '../../../docs/monitoring.md'), 'utf8')
  const { groups } = parse(readFileSync(join(rules, 'alerts.yml'), 'utf8')) as RuleFile
  for (const { alert = '', annotations } of groups.flatMap((group) => group.rules)) {
    expect(docs).toContain(`### ${alert}\n`)
    expect(annotations?.['runbook_url']).toMatch(new RegExp(`docs/monitoring\\.md#${alert.toLowerCase()}$`))
  }
})
