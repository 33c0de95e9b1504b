import type { LookupFunction } from 'node:net'
import { z } from 'zod'
import { createLeadhooks } from '../create-leadhooks.ts'
import { defineEvents } from '../events/event-catalogue.ts'
import type { Leadhooks } from '../leadhooks.ts'
import type { Role } from '../model/api-key.ts'
import type { Logger } from '../logging/log.ts'
import { storageOver } from '../storage/memory-storage.ts'
import { emptyState, type MemoryState } from '../storage/memory-state.ts'
import type { Storage } from '../storage/storage.ts'
import { fakeClock, type FakeClock } from '../testing/fake-clock.ts'
import type { FetchOptions } from './caller.ts'

export interface Answer<Body = Record<string, unknown>> {
  status: number
  headers: Headers
  /** Null where there is none. */
  body: Body | null
}

export interface RequestParts {
  key?: string
  headers?: Record<string, string>
  /** Sent as JSON, unless it is text already. */
  body?: unknown
  options?: FetchOptions
}

/** A management API over tables that a test can look into. */
export interface ApiUnderTest {
  leadhooks: Leadhooks
  clock: FakeClock
  state: MemoryState
  storage: Storage
  /** What was logged. */
  faults: object[]
  /** An administrator's key of the organization `acme`, used where a request names no other. */
  adminKey: string
  createKey(access: { role?: Role; permissions?: string[]; organizationId?: string }): Promise<string>
  request<Body = Record<string, unknown>>(
    method: string,
    path: string,
    parts?: RequestParts,
  ): Promise<Answer<Body>>
}

const events = defineEvents({
  new_lead: {
    description: 'A lead came in',
    schema: z.object({ id: z.string(), score: z.number().optional() }),
    example: { id: 'lead_123' },
  },
  'contact.created': { schema: z.looseObject({}) },
})

const insideOnly: LookupFunction = (_name, _options, callback) =>
  callback(null, [{ address: '127.0.0.1', family: 4 }])

export async function createApi(): Promise<ApiUnderTest> {
  const state = emptyState()
  const storage: Storage = storageOver(state)
  const clock = fakeClock()
  const faults: object[] = []
  const logger: Logger = { info() {}, warn() {}, error: (fields) => faults.push(fields) }
  const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 7).toString('base64') }]
  // Nothing here is to leave this machine.
  const network = { lookup: insideOnly }
  const leadhooks = createLeadhooks({ storage, encryptionKeys, events, clock, logger, network }) as Leadhooks

  const createKey: ApiUnderTest['createKey'] = async ({ organizationId = 'acme', ...access }) => {
    const { token } = await leadhooks.apiKeys.create({ organizationId, name: 'Test', ...access })
    return token
  }
  const adminKey = await createKey({ role: 'admin' })

  const request: ApiUnderTest['request'] = async (method, path, parts = {}) => {
    const { key = adminKey, headers = {}, body, options } = parts
    const content = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const sent = new Request(`https://crm.example${path}`, {
      method,
      headers: {
        ...(key !== '' && { authorization: `Bearer ${key}` }),
        ...(content !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(content !== undefined && { body: content }),
    })
    const response = await leadhooks.fetch(sent, options)
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
  }
  return { leadhooks, clock, state, storage, faults, adminKey, createKey, request }
}
