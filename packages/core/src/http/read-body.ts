import { z } from 'zod'
import { LeadhooksError } from '../errors.ts'
import type { BodyLimits } from '../events/serialize-body.ts'
import { parseInput } from '../input.ts'
import { checkJsonTree } from './json-tree.ts'

// Clients like to send `{}` where nothing is asked for.
const noBody = z.strictObject({}).optional()

/** Reads and checks the body of a request. Throws a problem for whatever is wrong with it, having read no more than it had to. */
export async function readBody(
  request: Request,
  schema: z.ZodType = noBody,
  limits: BodyLimits,
): Promise<unknown> {
  return parseInput(schema, await readJson(request, limits))
}

async function readJson(request: Request, limits: BodyLimits): Promise<unknown> {
  if (request.body === null) return undefined
  if (request.bodyUsed)
    throw new Error('The body of this request was read before Leadhooks got it: pass a clone')
  checkLength(Number(request.headers.get('content-length') ?? 0), limits)
  const bytes = await readBytes(request.body, limits)
  if (bytes.length === 0) return undefined
  checkMediaType(request.headers)
  const value = parseJson(bytes)
  checkJsonTree(value, limits.maxDepth)
  return value
}

function checkMediaType(headers: Headers): void {
  const [type = '', ...parameters] = (headers.get('content-type') ?? '').toLowerCase().split(';')
  const isJson = /^application\/([\w.-]+\+)?json$/.test(type.trim())
  const isUtf8 = parameters.every((parameter) => !/^\s*charset\s*=(?!\s*"?utf-?8"?\s*$)/.test(parameter))
  const isPlain = (headers.get('content-encoding') ?? 'identity') === 'identity'
  if (isJson && isUtf8 && isPlain) return
  throw new LeadhooksError(
    'unsupported_media_type',
    'Send the body as `Content-Type: application/json`, in UTF-8, not compressed',
  )
}

/** Stops at the first byte too many: however long the body would go on, no more than the limit is held. */
export async function readBytes(
  body: ReadableStream<Uint8Array>,
  limits: Pick<BodyLimits, 'maxBodyBytes'>,
): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of uninterrupted(body)) {
    length += chunk.byteLength
    checkLength(length, limits)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length)
}

/** The client that breaks off is at fault, not the server. */
async function* uninterrupted(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch (cause) {
    throw new LeadhooksError('invalid_request', 'The body broke off before its end', { cause })
  }
}

function checkLength(length: number, { maxBodyBytes }: Pick<BodyLimits, 'maxBodyBytes'>): void {
  if (length <= maxBodyBytes) return
  throw new LeadhooksError('payload_too_large', `The body has more than ${maxBodyBytes} bytes`)
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function parseJson(bytes: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes))
    return value
  } catch (cause) {
    throw new LeadhooksError('malformed_json', `The body is not valid JSON${position(cause)}`, { cause })
  }
}

// The rest of the engine's message quotes the body, which may hold a secret.
function position(cause: unknown): string {
  const [at = ''] = (cause instanceof SyntaxError && / at position \d+/.exec(cause.message)) || []
  return at
}
