import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

interface Connection {
  client: Socket
  server: Socket
  /** What the client has sent last was to be cut off: its answer is not passed on. */
  isDoomed: boolean
}

/** Stands between a process and its database, and can be a bad network. */
export interface TcpProxy {
  port: number
  /** How many connections were made to it, and when. */
  connectedAt: readonly number[]
  /** Everything goes through, `delayMs` later. */
  pass(options?: { delayMs?: number }): void
  /** Resets all connections (RST), and every one that is made from now on. */
  drop(): void
  /**
   * Nothing goes through any more in either direction, and nobody is told: no FIN, no RST. New connections are made, since
   * the kernel makes them, and stay as silent.
   */
  blackHole(): void
  /**
   * The next so many messages of a client that hold this text reach the server, and it does what they say; then the
   * connection is reset in place of the answer.
   */
  cutAnswersTo(text: string, times?: number): void
  /** How many answers were cut off. */
  cuts: number
  close(): Promise<void>
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const connections = new Set<Connection>()
  const toCut: string[] = []
  let mode: 'pass' | 'black-hole' | 'drop' = 'pass'
  let delayMs = 0

  function onClientData(connection: Connection, data: Buffer): void {
    const found = toCut.findIndex((text) => data.includes(text))
    if (found !== -1) {
      toCut.splice(found, 1)
      connection.isDoomed = true
    }
    forward(connection.server, data)
  }

  function onServerData(connection: Connection, data: Buffer): void {
    if (!connection.isDoomed) return forward(connection.client, data)
    // The server answers when it has done what it was asked: committed, that is.
    proxy.cuts++
    connection.client.resetAndDestroy()
    connection.server.destroy()
  }

  function forward(to: Socket, data: Buffer): void {
    if (delayMs === 0) to.write(data)
    else setTimeout(() => to.write(data), delayMs)
  }

  function accept(client: Socket): void {
    proxy.connectedAt.push(Date.now())
    if (mode === 'drop') return void client.resetAndDestroy()
    const server = connect(targetPort, '127.0.0.1')
    const connection = { client, server, isDoomed: false }
    connections.add(connection)
    for (const socket of [client, server]) {
      socket.setNoDelay(true)
      // A broken half ends the other, which is what 'close' is for.
      socket.on('error', () => {})
    }
    client.on('data', (data) => onClientData(connection, data))
    server.on('data', (data) => onServerData(connection, data))
    client.on('close', () => end(connection, server))
    server.on('close', () => end(connection, client))
    if (mode === 'black-hole') silence(connection)
  }

  function end(connection: Connection, other: Socket): void {
    // Across a black hole nobody hears of an end.
    if (mode === 'black-hole') return
    connections.delete(connection)
    other.destroy()
  }

  function silence({ client, server }: Connection): void {
    client.pause()
    server.pause()
  }

  const listener = createServer({ allowHalfOpen: false }, accept)
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')

  const proxy: TcpProxy & { connectedAt: number[] } = {
    port: (listener.address() as AddressInfo).port,
    connectedAt: [],
    cuts: 0,
    pass(options = {}) {
      mode = 'pass'
      delayMs = options.delayMs ?? 0
      for (const connection of connections) {
        const { client, server } = connection
        if (client.destroyed) server.destroy()
        if (server.destroyed) client.destroy()
        if (client.destroyed || server.destroyed) connections.delete(connection)
        client.resume()
        server.resume()
      }
    },
    drop() {
      mode = 'drop'
      for (const { client, server } of connections) {
        client.resetAndDestroy()
        server.destroy()
      }
    },
    blackHole() {
      mode = 'black-hole'
      for (const connection of connections) silence(connection)
    },
    cutAnswersTo(text, times = 1) {
      toCut.push(...Array<string>(times).fill(text))
    },
    async close() {
      const closed = once(listener, 'close')
      listener.close()
      for (const { client, server } of connections) {
        client.destroy()
        server.destroy()
      }
      await closed
    },
  }
  return proxy
}
