import { LeadhooksError } from '@leadhooks/core'
import { z } from 'zod'
import type { AdminActor } from './admin-actor.ts'
import type { PortalSessions } from './portal-sessions.ts'
import type { Branding } from './session.ts'

/** What `leadhooksAdmin` takes in whatever framework. */
export interface AdminSettings {
  branding?: Branding | undefined
  /** @default 'system' */
  theme?: 'light' | 'dark' | 'system' | undefined
  /** Of dates and numbers, and of the sentences where there are any in it: `de`. @default the browser's, and English */
  locale?: string | undefined
  /** Whether nothing at all can be changed, whoever asks. @default false */
  readOnly?: boolean | undefined
  /** Where people sign in: who is not let in is sent there. @default a page that says so */
  signInUrl?: string | undefined
  /** Sites that may show the pages in a frame: `["'self'", 'https://crm.example.com']`. @default none */
  frameAncestors?: readonly string[] | undefined
  /** Lets people in by codes too, who have no session with this server: `portalSessions()`. @default none */
  portal?: PortalSessions | undefined
}

/** What `leadhooksAdmin` takes. */
export interface AdminOptions extends AdminSettings {
  /**
   * Says who is there, or null for nobody: they see nothing. It is asked for every request, so that it decides on all of them.
   * What it throws rejects the request.
   */
  authorize: (request: Request) => AdminActor | null | undefined | Promise<AdminActor | null | undefined>
}

const color = z.string().regex(/^#[\da-f]{3,8}$/i, 'Must be a colour like #0f766e')
/** A path or an http address: nothing that runs when it is followed. */
const link = z.string().regex(/^(https?:\/\/|[/.](?!\/))[^\s"<>]*$/i, 'Must be a path, or an http address')
const ownPath = z.string().regex(/^[/.](?!\/)[^\s"<>]*$/, 'Must be a path on the same site')

const settings = z.strictObject({
  branding: z
    .strictObject({
      name: z.string().optional(),
      logo: z.strictObject({ light: ownPath, dark: ownPath.optional() }).optional(),
      accent: z.strictObject({ light: color, onLight: color, dark: color, onDark: color }).optional(),
      environment: z.string().optional(),
      backLink: z.strictObject({ href: link, label: z.string() }).optional(),
    })
    .default({}),
  theme: z.enum(['light', 'dark', 'system']).default('system'),
  locale: z.string().refine(isLocale, 'Must be a language tag like en-GB').optional(),
  readOnly: z.boolean().default(false),
  signInUrl: link.optional(),
  frameAncestors: z
    .array(z.string().regex(/^('self'|https?:\/\/[\w.*-]+(:\d+)?)$/, "Must be 'self' or an origin"))
    .default([]),
  portal: z.custom<PortalSessions>((value) => typeof value === 'object' && value !== null).optional(),
})

export type CheckedSettings = z.output<typeof settings>

/** Throws `invalid_options`, at start. */
export function checkSettings(given: AdminSettings): CheckedSettings {
  const result = settings.safeParse(given)
  if (result.success) return result.data
  throw new LeadhooksError('invalid_options', `leadhooksAdmin: ${z.prettifyError(result.error)}`)
}

/** Without a rule nobody is let in, and nothing starts: what is open to all by mistake is found out too late. */
export function checkRule(authorize: unknown): void {
  if (typeof authorize === 'function') return
  const message =
    'leadhooksAdmin needs `authorize`, which says who may see and do what: (request) => ({ id, organizationId, capabilities }), or null for nobody'
  throw new LeadhooksError('invalid_options', message)
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}
