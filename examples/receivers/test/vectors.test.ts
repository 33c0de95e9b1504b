import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { testProgram } from '@leadhooks/test-services/vitest'
import { expect, test } from 'vitest'
import { languages, type Language } from './languages.ts'

interface Vector {
  name: string
  scheme: string
  secrets: string[]
  headers: Record<string, string | string[]>
  body?: string
  bodyBase64?: string
  now: number
  toleranceSeconds: number
  expect: string
}

const file = fileURLToPath(import.meta.resolve('@leadhooks/verify-signature/vectors.json'))
const { vectors }: { vectors: Vector[] } = JSON.parse(readFileSync(file, 'utf8'))
// The samples know v1, which every webhook is signed by.
const cases = vectors.filter(({ scheme }) => scheme === 'v1')
const input = cases.map((vector) => `${lineOf(vector)}\n`).join('')

test.each(languages)(
  'the sample in $name says of every request what the vectors expect',
  async (language) => {
    await testProgram(language.program, language.debianPackage)
    const outcomes = (await run(language)).trimEnd().split('\n')
    expect(named(outcomes)).toEqual(named(cases.map(expected)))
  },
  600_000,
)

async function run({ folder, build, run: command }: Language): Promise<string> {
  const out = mkdtempSync(join(tmpdir(), 'receiver-'))
  const cwd = fileURLToPath(new URL(`../${folder}`, import.meta.url))
  const env = { ...process.env, GOCACHE: join(out, 'cache'), LANG: 'C.UTF-8' }
  const execute = async ([program = '', ...args]: readonly string[], stdin: string): Promise<string> => {
    const inOut = (text: string): string => text.replace('$out', out)
    const running = promisify(execFile)(inOut(program), args.map(inOut), { cwd, env })
    running.child.stdin?.end(stdin)
    return (await running).stdout
  }
  try {
    if (build) await execute(build, '')
    return await execute(command, input)
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

/** Body, secrets, the three headers, time and tolerance, with tabs between: see the README of the samples. */
function lineOf({ body, bodyBase64, secrets, headers, now, toleranceSeconds }: Vector): string {
  return [
    body === undefined ? bodyBase64 : encode(body),
    secrets.map((secret) => `,${encode(secret)}`).join(''),
    ...['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => headerOf(headers, name)),
    now,
    toleranceSeconds,
  ].join('\t')
}

/** As HTTP libraries hand it over: in any case, and joined by commas when it was sent more than once. */
function headerOf(headers: Vector['headers'], name: string): string {
  const values = Object.entries(headers)
    .filter(([key]) => key.toLowerCase() === name)
    .flatMap(([, value]) => value)
  return values.length > 0 ? encode(values.join(', ')) : '-'
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** A sample reads no JSON, and of two timestamps in one header it sees one that is no number. */
function expected(vector: Vector): string {
  if (vector.expect === 'invalid_payload') return 'ok'
  if (vector.name === 'webhook-timestamp sent twice') return 'invalid_timestamp'
  return vector.expect
}

function named(outcomes: readonly string[]): string[] {
  return outcomes.map((outcome, i) => `${cases[i]?.name}: ${outcome}`)
}
