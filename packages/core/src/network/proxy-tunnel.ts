import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIPv6, type Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import { DialError } from './dial-error.ts'

export interface Destination {
  address: string
  port: number
}

export interface TunnelOptions {
  timeoutMs: number
  /** The address of this machine to connect from. */
  localAddress: string | undefined
  /** The authorities and the least version that hold for a proxy that is spoken to by TLS. */
  secureContext: SecureContext | undefined
}

const unreachable = 'The proxy that deliveries go through could not be reached: its host has to see to that'
const refused = 'The proxy that deliveries go through did not connect to the receiver'

/**
 * Asks a proxy for a connection (CONNECT: RFC 9110, 9.3.6). It is asked for an address and not for a name, which it would look
 * up once more, with an answer that nobody has vetted. Throws a `DialError`.
 */
export function openTunnel(
  proxy: URL,
  { address, port }: Destination,
  { timeoutMs, localAddress, secureContext }: TunnelOptions,
): Promise<Socket> {
  const authority = `${isIPv6(address) ? `[${address}]` : address}:${port}`
  return new Promise((resolve, reject) => {
    const request = (proxy.protocol === 'https:' ? httpsRequest : httpRequest)({
      host: proxy.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: proxy.port === '' ? undefined : Number(proxy.port),
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...authorizationOf(proxy) },
      agent: false,
      localAddress,
      ...(proxy.protocol === 'https:' && { secureContext, rejectUnauthorized: true }),
    })
    const timer = setTimeout(() => fail(new DialError('timeout_connect')), timeoutMs)
    // Whoever waits for the connection holds a timer of its own.
    timer.unref()

    function fail(error: DialError): void {
      clearTimeout(timer)
      reject(error)
      request.destroy()
    }

    request.once('socket', (socket) => socket.unref())
    request.once('connect', ({ statusCode = 0 }, socket: Socket, head: Buffer) => {
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy()
        return fail(new DialError('connect', refused, new Error(`The proxy answered ${statusCode}`)))
      }
      clearTimeout(timer)
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
    request.on('error', (cause) => fail(new DialError('connect', unreachable, cause)))
    request.end()
  })
}

/** RFC 7617. */
function authorizationOf({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {}
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }
}
