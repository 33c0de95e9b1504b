import { once } from 'node:events'
import type { Server } from 'node:http'

/** A port from the environment. Throws for what is none. */
export function portFrom(name: string, preferred: number): number {
  const value = process.env[name]
  if (value === undefined || value === '') return preferred
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value)
  throw new Error(`${name} must be a port from 1 to 65535, got "${value}"`)
}

/** Listens on the preferred port or, where that is taken, on one that the system picks, after saying so. Answers the URL. */
export async function listen(
  server: Server,
  preferred: number,
  onTaken: (port: number, instead: number) => void,
): Promise<string> {
  try {
    return urlOf(await listenOn(server, preferred))
  } catch (error) {
    if (!isTaken(error)) throw error
    const port = await listenOn(server, 0)
    onTaken(preferred, port)
    return urlOf(port)
  }
}

async function listenOn(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

/** Ports below 1024 are denied to most users, which comes to the same. */
function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES')
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`
}
