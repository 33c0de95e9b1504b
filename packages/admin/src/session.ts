// What the server and its pages agree on. Types only: this is read in browsers too.

/** How the pages look and speak. */
export interface Branding {
  /** @default 'Webhooks and API keys' */
  name?: string | undefined
  /** Paths of pictures on the same site: the pages load nothing from elsewhere. */
  logo?: { light: string; dark?: string | undefined } | undefined
  /** The colour of buttons and links, and that of text on it: `#0f766e`. */
  accent?: { light: string; onLight: string; dark: string; onDark: string } | undefined
  /** Said beside the name: `staging`. */
  environment?: string | undefined
  /** The way back to your app. */
  backLink?: { href: string; label: string } | undefined
}

/** Who is there, checked. */
export interface Visitor {
  id: string
  name: string
  organizationId: string | null
  isStaff: boolean
  permissions: readonly string[]
}

/** What the page knows of who is there, and of how it is to look. */
export interface Session {
  actor: Visitor
  branding: Branding
  theme: 'light' | 'dark' | 'system'
  locale: string | null
  isReadOnly: boolean
  signInUrl: string | null
}
