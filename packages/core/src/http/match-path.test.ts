import { expect, test } from 'vitest'
import { compilePaths } from './match-path.ts'
import type { Route } from './route.ts'

const operation = { id: '', permission: null, summary: '', answer: null, handle: () => undefined }
const route = (method: Route['method'], path: string): Route => ({ ...operation, method, path })

const matchPath = compilePaths([
  route('GET', '/'),
  route('GET', '/deliveries/{id}'),
  route('POST', '/deliveries/{id}/replay'),
  route('POST', '/deliveries/replay'),
  route('GET', '/deliveries/stream'),
  route('GET', '/deliveries'),
  route('POST', '/deliveries'),
])

test.each([
  ['', ['GET'], ''],
  ['/', ['GET'], ''],
  ['/deliveries', ['GET', 'POST'], ''],
  ['/deliveries/', ['GET', 'POST'], ''],
  ['/deliveries/a%2Fb', ['GET'], 'a%2Fb'],
  ['/deliveries/a/replay', ['POST'], 'a'],
  ['/deliveries/replay', ['POST'], ''],
  ['/deliveries/stream/', ['GET'], ''],
  ['/deliveries/replay/replay', ['POST'], 'replay'],
  ['/deliveries/{id}', ['GET'], '{id}'],
])('%j is found', (path, methods, encodedId) => {
  const match = matchPath(path)
  expect([...(match?.routes.keys() ?? [])]).toEqual(methods)
  expect(match?.encodedId).toBe(encodedId)
})

test.each([
  '//',
  '/deliveries//',
  '/deliveries//replay',
  '/other',
  '/deliveries/a/b',
  'deliveries',
  '/DELIVERIES',
])('%j is not', (path) => expect(matchPath(path)).toBeNull())
