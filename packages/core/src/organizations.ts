import { z } from 'zod'
import { actor, auditOf } from './audit/audit-of.ts'
import type { Context } from './context.ts'
import { notFound } from './errors.ts'
import { organizationId, parseInput, text } from './input.ts'
import type { Organization } from './model/organization.ts'
import { type List, type ListInput, pageInput, readPage } from './pages.ts'
import { retentionSettings } from './retention/retention-input.ts'
import { maintenanceWindow } from './webhooks/webhook-input.ts'

const name = text(200).nullable()
const maintenance = z.array(maintenanceWindow).max(50).meta({
  description: 'Times in which nothing is sent to any of its webhooks: deliveries wait, and spend no attempt',
})

/** What may be set of an organization. */
export const organizationSettings = z.strictObject({
  name: name.default(null),
  eventsPerMinute: z.int().min(1).max(100_000_000).nullable().default(null).meta({
    description: "How many events it may publish in a minute; null where the host's default holds",
  }),
  maintenance: maintenance.default([]),
  retention: retentionSettings.nullable().default(null),
})

/** What it may change of itself. */
export const organizationChanges = z.strictObject({ name, maintenance }).partial()

const upsertInput = organizationSettings.extend({ id: organizationId, actor })
export type UpsertOrganizationInput = z.input<typeof upsertInput>

/** Registers an organization, or sets what is kept of it: what is left out has its default. Deliveries that wait go on under the new windows. */
export async function upsertOrganization(
  ctx: Context,
  input: UpsertOrganizationInput,
): Promise<Organization> {
  const { actor, ...organization } = parseInput(upsertInput, input)
  const audit = auditOf<Organization>(ctx, {
    actor,
    action: (before) => (before === null ? 'organization.created' : 'organization.updated'),
    organizationId: organization.id,
    targetType: 'organization',
    targetId: organization.id,
    show: (row) => row,
  })
  const createdAt = new Date(ctx.clock.now())
  const stored = await ctx.storage.upsertOrganization({ ...organization, createdAt }, audit)
  // Deliveries may have waited for the end of a window that there is no more.
  ctx.wake()
  return stored
}

export async function getOrganization(ctx: Context, input: { id: string }): Promise<Organization> {
  const { id } = parseInput(z.strictObject({ id: organizationId }), input)
  const organization = await ctx.storage.findOrganization(id)
  if (organization === null) throw notFound('organization', id)
  return organization
}

export async function listOrganizations(ctx: Context, input: ListInput): Promise<List<Organization>> {
  return readPage(
    parseInput(pageInput, input),
    (page) => ctx.storage.listOrganizations(page),
    (organization) => organization,
  )
}
