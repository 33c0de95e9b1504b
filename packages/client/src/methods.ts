import { createList, type List, type Page } from './list.ts'
import type { AnswerOf, BodyOf, Method, Path, PathOf, QueryOf, RowOf } from './operation-types.ts'
import type { Call, CallOptions, Send } from './send.ts'

/** A path with an id takes it first. */
type IdOf<P extends Path> = P extends `${string}{id}${string}` ? [id: string] : []

/** A body may be left out where nothing in it is required. */
type BodyArgs<Body> = {} extends Body
  ? [body?: Body, options?: CallOptions]
  : [body: Body, options?: CallOptions]

type Bare<M extends Method, P extends Path> = (
  ...args: [...IdOf<P>, options?: CallOptions]
) => Promise<AnswerOf<M, P>>

type WithBody<M extends Method, P extends Path> = (
  ...args: [...IdOf<P>, ...BodyArgs<BodyOf<M, P>>]
) => Promise<AnswerOf<M, P>>

type WithQuery<M extends Method, P extends Path> = (
  ...args: [...IdOf<P>, query?: QueryOf<M, P>, options?: CallOptions]
) => Promise<AnswerOf<M, P>>

type Listing<P extends Path> = (query?: QueryOf<'GET', P>, options?: CallOptions) => List<RowOf<P>>

/** Makes the methods of a client out of the table of routes: what each of them takes and answers is known by its path. */
export interface Methods {
  /** Takes the id, where the path has one. */
  bare: <M extends Method, P extends PathOf<M>>(method: M, path: P) => Bare<M, P>
  /** Takes the body last but the options. */
  withBody: <M extends Method, P extends PathOf<M>>(method: M, path: P) => WithBody<M, P>
  /** Takes query parameters last but the options. */
  withQuery: <M extends Method, P extends PathOf<M>>(method: M, path: P) => WithQuery<M, P>
  list: <P extends PathOf<'GET'>>(path: P) => Listing<P>
}

/** What a method was given after the id. */
type ToCall = (input: object | undefined, options: CallOptions | undefined) => Partial<Call>

export function createMethods(send: Send): Methods {
  function method(method: Method, path: string, toCall: ToCall) {
    const takesId = path.includes('{id}')
    return async (...args: unknown[]): Promise<unknown> => {
      const [input, options] = (takesId ? args.slice(1) : args) as Parameters<ToCall>
      return send({ method, path: takesId ? fill(path, args[0]) : path, ...toCall(input, options) })
    }
  }

  // What is known of a method by its path is all in the types: here each is sent alike.
  return {
    bare: (verb, path) => method(verb, path, (options) => ({ options })) as never,
    withBody: (verb, path) => method(verb, path, (body = {}, options) => ({ body, options })) as never,
    withQuery: (verb, path) => method(verb, path, (query, options) => ({ query, options })) as never,
    list: (path) => (query, options) =>
      createList((cursor) => {
        const page = cursor === undefined ? query : { ...query, cursor }
        return send({ method: 'GET', path, query: page, options }) as Promise<Page<RowOf<typeof path>>>
      }),
  }
}

/** An id that is missing, or that URLs read as a step up, would make another path of it. */
function fill(path: string, id: unknown): string {
  if (typeof id !== 'string' || ['', '.', '..'].includes(id)) {
    throw new TypeError(`${path}: "${String(id)}" can be no id`)
  }
  return path.replace('{id}', encodeURIComponent(id))
}
