import { expect, test } from 'vitest'
import { createLeadhooksClient, streamDeliveries } from '../src/index.ts'
import { describeApi } from './describe-api.ts'

type Method = (...args: unknown[]) => Promise<unknown>
type Resource = Record<string, Method>

/** Every method of a client, by its name: `webhooks.create`. */
function methodsOf(client: object): [name: string, call: Method][] {
  return Object.entries(client as Record<string, Method | Resource>).flatMap(([name, value]) =>
    typeof value === 'function'
      ? [[name, value] as [string, Method]]
      : Object.entries(value).map(([method, call]): [string, Method] => [`${name}.${method}`, call]),
  )
}

/** The requests that all methods of a client make: `POST /webhooks/{id}/test`. */
async function routesOfClient(): Promise<string[]> {
  const asked: string[] = []
  const fetch = (url: unknown, init: RequestInit = {}): Promise<Response> => {
    const path = String(url).replace('/someone', '/{id}').replace(/\?.*/, '')
    asked.push(`${init.method} ${path}`)
    return Promise.resolve(Response.json({ data: [], nextCursor: null }))
  }
  const client = createLeadhooksClient({ baseUrl: '', fetch })
  // Where a path has no id, the first argument is the input, or the options, and what is in it is nothing to them.
  for (const [, call] of methodsOf(client)) await call('someone', undefined)
  // It asks once somebody listens.
  void streamDeliveries({ baseUrl: '', fetch }).next()
  return asked
}

async function routesOfApi(): Promise<string[]> {
  const { paths } = await describeApi()
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
}

test('each route of the table has one method, and each method a route', async () => {
  expect((await routesOfClient()).sort()).toEqual((await routesOfApi()).sort())
})
