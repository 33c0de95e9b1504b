import type { paths } from './api-types.ts'

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
export type Path = keyof paths

type OperationAt<M extends Method, P extends Path> =
  Lowercase<M> extends keyof paths[P] ? NonNullable<paths[P][Lowercase<M>]> : never

/** The paths that have a method. */
export type PathOf<M extends Method> = {
  [P in Path]: [OperationAt<M, P>] extends [never] ? never : P
}[Path]

/** What a request carries as JSON. */
export type BodyOf<M extends Method, P extends Path> =
  OperationAt<M, P> extends { requestBody?: { content: { 'application/json': infer Body } } } ? Body : never

/** The parameters of a request, none of which is required; never, where there are none. */
export type QueryOf<M extends Method, P extends Path> =
  OperationAt<M, P> extends { parameters: { query?: infer Query } } ? NonNullable<Query> : never

/** What is answered, with dates as text; undefined for nothing. */
export type AnswerOf<M extends Method, P extends Path> =
  OperationAt<M, P> extends { responses: infer Responses }
    ? ContentOf<Responses[keyof Responses & (200 | 201 | 202)]>
    : never

type ContentOf<Response> = [Response] extends [never]
  ? undefined
  : Response extends { content: { 'application/json': infer Content } }
    ? Content
    : undefined

/** The data of an event of a stream. */
export type StreamOf<M extends Method, P extends Path> =
  OperationAt<M, P> extends { responses: { 200: { content: { 'text/event-stream': infer Content } } } }
    ? Content
    : never

/** One row of what a list answers. */
export type RowOf<P extends Path> = AnswerOf<'GET', P> extends { data: (infer Row)[] } ? Row : never
