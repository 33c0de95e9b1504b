import type { DeliveryChange } from './delivery-change.ts'

export interface LiveFilter {
  webhookId?: string | undefined
  status?: DeliveryChange['status'] | undefined
}

/** So much waits for a client that reads slowly; of what comes then it is only told that it missed something. */
const mostWaitingBytes = 65_536
const encoder = new TextEncoder()

/** One who follows the deliveries of an organization. */
export class LiveClient {
  readonly organizationId: string
  readonly openedAt: number
  readonly stream: ReadableStream<Uint8Array>
  readonly filter: LiveFilter
  hasBegun = false
  #controller!: ReadableStreamDefaultController<Uint8Array>
  #hasMissed = false
  #isClosed = false

  constructor(
    { organizationId, openedAt, filter }: { organizationId: string; openedAt: number; filter: LiveFilter },
    { position, onGone }: { position: () => string; onGone: () => void },
  ) {
    this.organizationId = organizationId
    this.openedAt = openedAt
    this.filter = filter
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => void (this.#controller = controller),
        pull: () => {
          if (!this.#hasMissed) return
          this.#hasMissed = false
          this.reset('too_slow', position())
        },
        cancel: () => {
          this.#isClosed = true
          onGone()
        },
      },
      { highWaterMark: mostWaitingBytes, size: (chunk) => chunk.byteLength },
    )
  }

  /** How the stream begins: nothing is missed from here on. */
  begin(id: string): void {
    this.hasBegun = true
    this.#send(`retry: 3000\nevent: ready\nid: ${id}\ndata: {}\n\n`)
  }

  /** Something was missed, before or because it read too slowly: what it shows is to be read anew. */
  reset(reason: 'too_old' | 'too_slow', id: string): void {
    this.#send(`event: reset\nid: ${id}\ndata: ${JSON.stringify({ reason })}\n\n`)
  }

  tell(id: string, change: DeliveryChange, text: string): void {
    const { webhookId, status } = this.filter
    if (webhookId !== undefined && change.webhookId !== webhookId) return
    if (status !== undefined && change.status !== status) return
    this.#send(`event: delivery\nid: ${id}\ndata: ${text}\n\n`)
  }

  /** Keeps proxies from taking the connection for dead. */
  beat(): void {
    this.#send(': beat\n\n')
  }

  end(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#controller.close()
  }

  #send(text: string): void {
    if (this.#isClosed || this.#hasMissed) return
    if ((this.#controller.desiredSize ?? 0) > 0) this.#controller.enqueue(encoder.encode(text))
    else this.#hasMissed = true
  }
}
