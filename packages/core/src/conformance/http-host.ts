import { createLeadhooks } from '../create-leadhooks.ts'
import type { AuthorizedCaller } from '../http/caller.ts'
import type { Leadhooks } from '../leadhooks.ts'
import { memoryStorage } from '../storage/memory-storage.ts'
import type { Storage } from '../storage/storage.ts'

export interface HttpHostOptions {
  leadhooks: Leadhooks
  /** Where the adapter is mounted: `/`, `/a` or `/a/b/c`. */
  mount: string
  /** Whether the host reads JSON bodies before the adapter gets the request, as with `express.json()`. */
  parsesJson: boolean
  /** What the host's `authorize` option is to answer. */
  authorize?: () => AuthorizedCaller | null
}

/** A running server with the adapter mounted. Whatever falls to the host itself it answers with 418. */
export interface HttpHost {
  /** Without a slash at the end: `http://127.0.0.1:4711`. */
  origin: string
  /** Whether the framework itself refuses, with 400, paths that cannot be decoded. @default false */
  refusesBadPaths?: boolean
  close(): Promise<void>
}

export type ServeHost = (options: HttpHostOptions) => Promise<HttpHost>

/** One promise of a framework adapter. */
export interface HttpConformanceCase {
  /** The promise, as a sentence. */
  name: string
  /** Rejects where the adapter breaks the promise. */
  run: (serve: ServeHost) => Promise<void>
}

/** How a case is to be tried. */
export interface HttpSetup {
  serve: ServeHost
  mount: string
  parsesJson: boolean
}

export interface HttpCase {
  name: string
  check: (setup: HttpSetup) => Promise<void>
  /** True where a parser of the host, if it came first, would answer in place of Leadhooks. */
  isForParser?: boolean
}

/** Starts a host, and closes it after the check. `url` is where Leadhooks is mounted, without a slash at the end. */
export async function withHost(
  { serve, mount, parsesJson }: HttpSetup,
  options: Omit<HttpHostOptions, 'mount' | 'parsesJson'>,
  check: (url: string, host: HttpHost) => Promise<void>,
): Promise<void> {
  const host = await serve({ mount, parsesJson, ...options })
  try {
    await check(host.origin + (mount === '/' ? '' : mount), host)
  } finally {
    await host.close()
    await options.leadhooks.close()
  }
}

/** A Leadhooks to mount; what is given of a storage takes the place of its methods. */
export function createMounted(broken: Partial<Storage> = {}): Leadhooks {
  return createLeadhooks({
    storage: { ...(memoryStorage() as Storage), ...broken },
    encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
  })
}

/** A Leadhooks of which all is replaced that an adapter has to do with: `/echo` and what is below it is answered by `fetch`. */
export function createEcho(fetch: Leadhooks['fetch']): Leadhooks {
  return { ...createMounted(), fetch, hasRoute: (path) => path === '/echo' || path.startsWith('/echo/') }
}
