import { z } from 'zod'
import { actor, auditOf } from '../audit/audit-of.ts'
import type { Context } from '../context.ts'
import { isLeadhooksError, type Issue, LeadhooksError } from '../errors.ts'
import { definedOf, eventTypeName, organizationId, parseInput, text } from '../input.ts'
import type { Actor } from '../model/actor.ts'
import type { AuditAction } from '../model/audit-entry.ts'
import { everyOrganization, type RegisteredEventType } from '../model/event-type.ts'
import { isOperationalType } from '../observation.ts'
import type { Audit, EventTypeKey } from '../storage/storage.ts'
import { type EventType, showRegistered } from './event-types.ts'
import { compileSchema, type SchemaCheck } from './json-schema.ts'
import { sensitivePaths } from './sensitive-paths.ts'
import { serializeBody } from './serialize-body.ts'

const mostTypes = 500

/** What may be set of an event type. */
export const eventTypeSettings = z.strictObject({
  description: text(2000).nullable(),
  schema: z.record(z.string(), z.unknown()).meta({
    description:
      'JSON Schema (2020-12) of the data. `format` checks nothing; `$ref` leads to `#/$defs/…` only',
    example: { type: 'object', required: ['amount'], properties: { amount: { type: 'number' } } },
  }),
  example: z.unknown().meta({ description: 'Data that matches the schema; null for none' }),
  sensitive: sensitivePaths,
})

export const newEventType = eventTypeSettings
  .partial()
  .required({ schema: true })
  .extend({ name: eventTypeName.meta({ description: 'The event type', example: 'deal.won' }) })

const key = z.object({
  organizationId: organizationId.default(everyOrganization),
  name: eventTypeName,
})
const registerInput = newEventType.extend({ ...key.shape, actor })
const updateInput = eventTypeSettings.partial().extend({ ...key.shape, actor })
const deleteInput = key.extend({ actor })

export type RegisterTypeInput = z.input<typeof registerInput>
export type UpdateTypeInput = z.input<typeof updateInput>
export type DeleteTypeInput = z.input<typeof deleteInput>

/** Registers an event type beside those in code, for all processes. */
export async function registerType(ctx: Context, input: RegisterTypeInput): Promise<EventType> {
  const { actor, ...settings } = parseInput(registerInput, input)
  const { organizationId, name, schema, description = null, sensitive = [] } = settings
  checkName(ctx, name)
  const example = exampleOf(ctx, compileSchema(schema), settings.example)
  if ((await ctx.storage.countEventTypes({ organizationId })) >= mostTypes)
    throw new LeadhooksError('conflict', `There are ${mostTypes} registered event types already: delete some`)
  const now = new Date(ctx.clock.now())
  const shown = { organizationId, name, description, schema, example, sensitive }
  const type = { ...shown, createdAt: now, updatedAt: now }
  const inserted = await ctx.storage.insertEventType(type, audit(ctx, 'event_type.registered', actor, type))
  ctx.registeredTypes.forget()
  if (!inserted)
    throw new LeadhooksError('conflict', `The event type "${name}" is registered already: change that one`)
  return showRegistered(type)
}

/** Changes what is named. Events that are there stay as they are. */
export async function updateType(ctx: Context, input: UpdateTypeInput): Promise<EventType> {
  const { actor, organizationId, name, ...changes } = parseInput(updateInput, input)
  const key = { organizationId, name }
  const known = (await ctx.storage.listEventTypes(key)).find((type) => type.name === name)
  if (known === undefined) throw noSuchType(name)
  const { schema = known.schema, example = known.example } = changes
  const checked = { ...definedOf(changes), example: exampleOf(ctx, compileSchema(schema), example) }
  const updated = await ctx.storage.updateEventType(
    key,
    { ...checked, updatedAt: new Date(ctx.clock.now()) },
    audit(ctx, 'event_type.updated', actor, key),
  )
  ctx.registeredTypes.forget()
  if (updated === null) throw noSuchType(name)
  return showRegistered(updated)
}

/** Events of the type are as unknown from then on as they were before. Those that are there stay. */
export async function deleteType(ctx: Context, input: DeleteTypeInput): Promise<void> {
  const { actor, ...key } = parseInput(deleteInput, input)
  const deleted = await ctx.storage.deleteEventType(key, audit(ctx, 'event_type.deleted', actor, key))
  ctx.registeredTypes.forget()
  if (!deleted) throw noSuchType(key.name)
}

/** What the host has in code holds, and nobody can say otherwise. */
function checkName({ catalogue = {} }: Context, name: string): void {
  const isTaken = Object.hasOwn(catalogue, name)
  if (!isTaken && !isOperationalType(name)) return
  const whose = isTaken ? 'is in the code of the host' : 'is an event of Leadhooks itself'
  throw new LeadhooksError('conflict', `The event type "${name}" ${whose}: choose another name`)
}

/** The example as JSON has it. */
function exampleOf(ctx: Context, check: SchemaCheck, example: unknown): unknown {
  if (example === undefined || example === null) return null
  const data = asJson(ctx, example)
  const issue = check(data)
  if (issue === null) return data
  throw wrongExample(issue)
}

function asJson(ctx: Context, data: unknown): unknown {
  try {
    const event = { id: '', type: '', createdAt: new Date(0), data }
    return JSON.parse(serializeBody(event, ctx.settings.limits)).data
  } catch (error) {
    const [issue] = isLeadhooksError(error) ? error.issues : []
    throw issue === undefined
      ? error
      : wrongExample({ ...issue, pointer: issue.pointer.slice('/data'.length) })
  }
}

function wrongExample({ pointer, message }: Issue): LeadhooksError {
  const issue = { pointer: `/example${pointer}`, message }
  const sentence = `The example does not match the schema: ${issue.pointer}: ${message}`
  return new LeadhooksError('invalid_request', sentence, { issues: [issue] })
}

function audit(
  ctx: Context,
  action: AuditAction & `event_type.${string}`,
  actor: Actor,
  { organizationId, name }: EventTypeKey,
): Audit<RegisteredEventType> {
  return auditOf(ctx, {
    actor,
    action,
    organizationId,
    targetType: 'event_type',
    targetId: name,
    show: (type) => type,
  })
}

function noSuchType(name: string): LeadhooksError {
  return new LeadhooksError('not_found', `No event type "${name}" is registered here`)
}
