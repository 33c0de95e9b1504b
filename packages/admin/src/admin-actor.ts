import { LeadhooksError } from '@leadhooks/core'
import { z } from 'zod'
import { type CapabilityPreset, permissionsOf, presets } from './capabilities.ts'
import type { Visitor } from './session.ts'

/** Who is there, as `authorize` says. */
export interface AdminActor {
  /** For the audit log: a user's id or address. */
  id: string
  /** What the page calls them. @default the id */
  name?: string | undefined
  /** The one organization that they see. For staff: the one that they see at first. */
  organizationId?: string | undefined
  /** Whether they may act for every organization, and choose among them. @default false */
  staff?: boolean | undefined
  /** What they may do: permissions as those of API keys (`['read:*', 'write:webhooks']`), or the name of a preset. */
  capabilities: CapabilityPreset | readonly string[]
}

const presetNames = Object.keys(presets) as CapabilityPreset[]

const adminActor = z
  .object({
    id: z.string().min(1),
    name: z.string().optional(),
    // A star would stand for all organizations further down.
    organizationId: z
      .string()
      .min(1)
      .refine((id) => id !== '*', 'For all organizations say `staff: true`')
      .optional(),
    staff: z.boolean().default(false),
    capabilities: z.union([
      z.enum(presetNames),
      z.array(z.string().regex(/^(\*|[\w*-]+:[\w*-]+)$/, 'Must be a permission like read:webhooks')),
    ]),
  })
  .refine(({ staff, organizationId }) => staff || organizationId !== undefined, {
    path: ['organizationId'],
    message: 'Must be there, unless `staff` is true',
  })

/** Throws `invalid_options` for an answer that says too little, or something else. */
export function checkActor(actor: AdminActor, isReadOnly: boolean): Visitor {
  const result = adminActor.safeParse(actor)
  if (!result.success) {
    const message = `\`authorize\` must answer { id, name?, organizationId?, staff?, capabilities } or null: ${z.prettifyError(result.error)}`
    throw new LeadhooksError('invalid_options', message)
  }
  const { id, name = id, organizationId = null, staff, capabilities } = result.data
  return { id, name, organizationId, isStaff: staff, permissions: permissionsOf(capabilities, isReadOnly) }
}
