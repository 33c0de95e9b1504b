import { inject } from 'vitest'
import type { PostgresVersion } from './postgres-binaries.ts'

declare module 'vitest' {
  interface ProvidedContext {
    testServicesUrl: string
  }
}

export interface TestPostgres {
  url: string
  /** Creates an empty database and answers its URL. It is gone after the run. */
  createDatabase(): Promise<string>
}

/** The one Postgres of this test run, not durable; the first call starts it. Create databases of your own on it. */
export async function testPostgres(version: PostgresVersion = 18): Promise<TestPostgres> {
  return {
    url: await ask(`/postgres/${version}`),
    createDatabase: () => ask(`/postgres/${version}/database`),
  }
}

/** The one Redis of this test run; the first call starts it. Others use it too: prefix your keys. */
export async function testRedis(): Promise<{ url: string }> {
  return { url: await ask('/redis') }
}

/** The path of a Chromium, which is installed where that is missing and possible. */
export async function testChromium(): Promise<string> {
  return ask('/chromium')
}

/** The path of a Prometheus server, which is installed where that is missing and possible; `promtool` lies beside it. */
export async function testPrometheus(): Promise<string> {
  return ask('/prometheus')
}

/** The path of a program, which is installed, as the Debian package that has it, where that is missing and possible. */
export async function testProgram(name: string, debianPackage: string): Promise<string> {
  return ask(`/program/${name}/${debianPackage}`)
}

async function ask(path: string): Promise<string> {
  const response = await fetch(new URL(path, inject('testServicesUrl')))
  const answer = await response.text()
  if (!response.ok) throw new Error(answer)
  return answer
}
