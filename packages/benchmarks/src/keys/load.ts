import { once } from 'node:events'
import { connect } from 'node:net'

export interface Load {
  connections: number
  /** How many requests are under way on each connection at once. */
  pipelined: number
  seconds: number
}

/**
 * Requests a second that a server answers, over kept-alive connections. It counts answers without parsing them, so that the
 * client takes less of the machine than the server that is measured.
 */
export async function requestsPerSecond(
  url: URL,
  token: string,
  { connections, pipelined, seconds }: Load,
): Promise<number> {
  const request = Buffer.from(
    `GET ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\nauthorization: Bearer ${token}\r\n\r\n`,
  )
  const start = performance.now()
  const until = start + seconds * 1000
  const counts = await Promise.all(
    Array.from({ length: connections }, () => countAnswers(url, request, pipelined, until)),
  )
  return (counts.reduce((sum, count) => sum + count, 0) * 1000) / (performance.now() - start)
}

const statusLine = Buffer.from('HTTP/1.1 200')

/** Keeps one connection busy, and counts the status lines that come back. Any other answer would stop it. */
async function countAnswers(url: URL, request: Buffer, pipelined: number, until: number): Promise<number> {
  const socket = connect(Number(url.port), url.hostname).setNoDelay()
  await once(socket, 'connect')
  socket.write(Buffer.concat(Array.from({ length: pipelined }, () => request)))
  let answers = 0
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    const text = Buffer.concat([rest, chunk])
    let found = 0
    let at = text.indexOf(statusLine)
    for (; at !== -1; at = text.indexOf(statusLine, at + statusLine.length)) found++
    // A status line may be cut in two: of what is kept none can be counted twice.
    rest = text.subarray(Math.max(0, text.length - statusLine.length + 1))
    if (text.includes('HTTP/1.1 4') || text.includes('HTTP/1.1 5')) throw new Error(text.toString())
    answers += found
    if (performance.now() >= until) break
    if (found > 0) socket.write(Buffer.concat(Array.from({ length: found }, () => request)))
  }
  socket.destroy()
  return answers
}
