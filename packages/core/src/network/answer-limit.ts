import type { Socket } from 'node:net'

/** An answer that went on and on, in whatever part of it. */
export class AnswerTooLong extends Error {}

/** All of an answer, as it comes off the line: its 1xx, headers, chunk sizes and trailers too. */
const mostBytes = 262_144

/**
 * Cuts off a receiver that sends more than any answer has. A status line, a chunk size or a row of 1xx without an end are nothing
 * to keep, so that no limit of undici's catches them; but to read them as fast as they come takes a whole processor, and all
 * other webhooks would notice.
 */
export function limitAnswers(socket: Socket): Socket {
  let written = 0
  let readBefore = 0
  let read = 0
  socket.on('readable', () => {
    // A request went out: what comes from here on answers that one.
    if (socket.bytesWritten !== written) {
      written = socket.bytesWritten
      readBefore = read
    }
    read = socket.bytesRead
    if (read - readBefore > mostBytes) socket.destroy(new AnswerTooLong())
  })
  return socket
}
