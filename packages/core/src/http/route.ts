import type { z } from 'zod'
import { LeadhooksError } from '../errors.ts'
import type { EventType } from '../events/event-types.ts'
import type { Leadhooks } from '../leadhooks.ts'
import type { Actor } from '../model/actor.ts'
import type { Scoped } from '../storage/storage.ts'
import type { Caller } from './caller.ts'

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/** A checked request, as a handler gets it. */
export interface Call<Body = unknown, Query = unknown> {
  leadhooks: Leadhooks
  caller: Caller
  /** Who acts, for the records. */
  actor: Actor
  organizationId: string
  /** The `{id}` of the path within the caller's organization. */
  scoped: Scoped
  body: Body
  query: Query
  /** The `Idempotency-Key` of the request; undefined without one. */
  idempotencyKey: string | undefined
  /** The event types that are in code. */
  typesInCode: () => EventType[]
  /** The path that the API is mounted at: '' or '/api/v1'. */
  basePath: string
  /** Where a stream is to go on; undefined: with what happens now. */
  lastEventId: string | undefined
}

/** What one method of one path does, apart from where it is found and who may call it. */
export interface Operation<Body extends z.ZodType = z.ZodType, Query extends z.ZodObject = z.ZodObject> {
  /** What generated clients call it; unique. */
  id: string
  /** @default no body */
  body?: Body
  /** @default no parameters */
  query?: Query
  /** @default 200, or 204 without an answer */
  status?: number
  /** How long anybody may keep the answer. @default not at all */
  cacheSeconds?: number
  /** How many events a request publishes: the organization may be limited in that. @default none */
  publishes?(body: z.output<Body>): number
  /** Only for callers whom the host has made staff, who belong to no organization. @default false */
  isForStaff?: boolean
  /** What is answered, with dates as text; null for nothing. */
  answer: z.ZodType | null
  /** What it is answered as. `text/event-stream`: the handler makes the whole response, and `answer` is the data of its events. @default 'application/json' */
  contentType?: 'application/json' | 'text/event-stream'
  /**
   * What becomes of a POST that comes again with the same `Idempotency-Key`. `anew`: it is done again, which does no harm;
   * `by itself`: its handler sees to that. @default it is answered as before, and not done again
   */
  repeated?: 'anew' | 'by itself' | Repetition
  handle(call: Call<z.output<Body>, z.output<Query>>): unknown
}

/** For answers that are not to be kept as they are. */
export interface Repetition {
  /** What to keep of an answer. */
  keep: (answer: unknown) => unknown
  /** Answers a repeated request by what was kept. */
  show: (call: Call, kept: unknown) => unknown
}

/** Types a handler by the schemas beside it. */
export function operation<Body extends z.ZodType, Query extends z.ZodObject>(
  definition: Operation<Body, Query>,
): Operation {
  return definition
}

/** A row of the table of routes. */
export interface Route extends Operation {
  method: Method
  /** Relative to the mount: `/webhooks/{id}`. */
  path: string
  /** What the caller must be allowed to do; null for what is open to all, and knows no organization. */
  permission: string | null
  summary: string
}

/** For what is shown once, and is in no record: only the id of what was made is kept. `hint`: what to do about that. */
export function shownOnce(what: string, hint: string): Repetition {
  return {
    keep: (answer) => (answer as { id: string }).id,
    show(_call, id) {
      const message = `This idempotency key was used before, for ${what} "${String(id)}". ${hint}`
      throw new LeadhooksError('conflict', message)
    },
  }
}

export function statusOf({ status, answer }: Pick<Operation, 'status' | 'answer'>): number {
  return status ?? (answer === null ? 204 : 200)
}
