import { type Access, isGranted } from '../api-keys/permissions.ts'
import type { Actor } from '../model/actor.ts'
import type { LimitDecision } from '../rate-limit/rate-limiter.ts'

/** Who the host says is calling, where the caller has no API key: a signed-in user of its own, say. */
export interface AuthorizedCaller {
  /** Who acts, for the records: a user's id or address. */
  actor: string
  /** Its id, or `'*'` for staff: they name the organization that they act for in `Leadhooks-Organization`. */
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
  /**
   * Where the request comes from: the address at the other end of the connection. Behind proxies that `trustedProxies` names,
   * `X-Forwarded-For` is followed from there. Frameworks that have found out the client's address pass that.
   * @default unknown: keys with an allow-list of addresses are refused
   */
  clientAddress?: string | undefined
  /** The path that the API is mounted at, where the framework leaves it in the URL. @default '' */
  basePath?: string
}

/** Who is calling, whichever way that was found out. */
export interface Caller {
  /** Who acts, for the records. */
  actor: Actor
  organizationId: string
  access: Access
  /** False for callers that the host vouches for: a browser may have been made to send their request. */
  hasApiKey: boolean
  /** True for callers of the host's whom it lets act for all organizations. */
  isStaff: boolean
  /** How the rate limits of the key stand; undefined where there are none. */
  limits: LimitDecision | undefined
}

/** Whether a caller is shown the fields of events that are sensitive. */
export function maySeeSensitive({ access }: Caller): boolean {
  return isGranted(access, 'read:secrets')
}
