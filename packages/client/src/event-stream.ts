/** One event of a stream of server-sent events. */
export interface StreamEvent {
  type: string
  id: string
  data: string
}

export interface StreamPart {
  event?: StreamEvent
  /** After how long to come back, where the server says so. */
  retryMs?: number
}

/** Reads server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) as they come. */
export async function* readEventStream(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamPart> {
  let rest = ''
  const reader = body.getReader()
  const decoder = new TextDecoder()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const blocks = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/)
      rest = blocks.pop() ?? ''
      for (const block of blocks) yield readBlock(block)
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

function readBlock(block: string): StreamPart {
  const fields: Record<string, string[]> = {}
  for (const line of block.split(/\r?\n/)) {
    const [, name, value] = /^([^:]+)(?:: ?(.*))?$/.exec(line) ?? []
    if (name !== undefined) (fields[name] ??= []).push(value ?? '')
  }
  const { data, event, id, retry } = fields
  const retryMs = Number(retry?.at(-1) ?? NaN)
  return {
    ...(data && { event: { type: event?.at(-1) ?? 'message', id: id?.at(-1) ?? '', data: data.join('\n') } }),
    ...(Number.isFinite(retryMs) && { retryMs }),
  }
}
