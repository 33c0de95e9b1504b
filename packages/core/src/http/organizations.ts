import { z } from 'zod'
import { isLeadhooksError } from '../errors.ts'
import { organizationId } from '../input.ts'
import type { Organization } from '../model/organization.ts'
import { organizationChanges, organizationSettings } from '../organizations.ts'
import { retentionSettings } from '../retention/retention-input.ts'
import { maintenanceWindow } from '../webhooks/webhook-input.ts'
import { dateTime, type Json, listOf } from './answers.ts'
import { pageQuery } from './query.ts'
import { operation } from './route.ts'

const organization = z
  .object({
    id: z.string().meta({ description: "By the host's own id" }),
    name: z.string().nullable(),
    eventsPerMinute: z.int().nullable().meta({ description: "Null where the host's default holds" }),
    maintenance: z.array(maintenanceWindow),
    retention: retentionSettings.nullable(),
    createdAt: dateTime,
  })
  .meta({ id: 'Organization' }) satisfies z.ZodType<Json<Organization>>

export const showOrganization = operation({
  id: 'showOrganization',
  answer: organization,
  handle: ({ leadhooks, organizationId }) => leadhooks.organizations.get({ id: organizationId }),
})

export const updateOrganization = operation({
  id: 'updateOrganization',
  body: organizationChanges.meta({ id: 'OrganizationChanges' }),
  answer: organization,
  async handle({ leadhooks, actor, organizationId, body }) {
    const known = await leadhooks.organizations.get({ id: organizationId }).catch(noneYet)
    const { name = null, eventsPerMinute = null, maintenance = [], retention = null } = known ?? {}
    return leadhooks.organizations.upsert({
      id: organizationId,
      name,
      eventsPerMinute,
      maintenance,
      retention,
      ...body,
      actor,
    })
  },
})

/** An organization can have keys and webhooks before anything is kept of itself. */
function noneYet(error: unknown): undefined {
  if (!isLeadhooksError(error) || error.code !== 'not_found') throw error
  return undefined
}

export const upsertOrganization = operation({
  id: 'upsertOrganization',
  isForStaff: true,
  body: organizationSettings.extend({ id: organizationId }).meta({ id: 'NewOrganization' }),
  answer: organization,
  handle: ({ leadhooks, actor, body }) => leadhooks.organizations.upsert({ ...body, actor }),
})

export const listOrganizations = operation({
  id: 'listOrganizations',
  isForStaff: true,
  query: pageQuery,
  answer: listOf(organization),
  handle: ({ leadhooks, query }) => leadhooks.organizations.list(query),
})

/** An erasure may take longer than a request: the workers see to it. */
export const deleteOrganization = operation({
  id: 'deleteOrganization',
  isForStaff: true,
  status: 202,
  answer: z.object({ id: z.string() }).meta({ id: 'ErasedOrganization' }),
  async handle({ leadhooks, actor, scoped: { id } }) {
    await leadhooks.organizations.delete({ id, wait: false, actor })
    return { id }
  },
})
