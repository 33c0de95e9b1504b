import type { Access } from '../api-keys/permissions.ts'

/** Who the host says is calling, where the caller has no API key: a signed-in user of its own, say. */
export interface AuthorizedCaller {
  /** Who acts, for the records: a user's id or address. */
  actor: string
  organizationId: string
  /** What the caller may do: `['read:*', 'write:webhooks']`. @default ['*'] */
  permissions?: readonly string[]
}

export interface FetchOptions {
  /**
   * Says who a caller without an API key is, or null. Such a caller comes with cookies, so that requests that change
   * something must come from the same site.
   * @default nobody: API keys only
   */
  authorize?: (request: Request) => AuthorizedCaller | null | Promise<AuthorizedCaller | null>
  /** The path that the API is mounted at, where the framework leaves it in the URL. @default '' */
  basePath?: string
}

/** Who is calling, whichever way that was found out. */
export interface Caller {
  organizationId: string
  access: Access
  /** False for callers that the host vouches for: a browser may have been made to send their request. */
  hasApiKey: boolean
}
