import {
  type InsertedEvent,
  LeadhooksError,
  type NewEvent,
  newDeliveryId,
  type StoredEvent,
} from '@leadhooks/core/storage'
import { nowOr } from './now.ts'
import { type Statement, statement } from './statement.ts'
import { takesEvents } from './webhook-readiness.ts'

/** Runs a statement where the events are to be written: in the host's transaction, or by itself. */
export type Run = (statement: Statement, values: readonly unknown[]) => Promise<unknown[]>

/** The end of a delivery's id: which of the statement's deliveries it is. The rest is made here, and its time is the event's. */
const idEnd = `upper(to_hex(4096 + row_number() over ()))`
const idEndLength = 4

const matches = `
  (webhook.event_types = '[]' or jsonb_exists_any(webhook.event_types, string_to_array(input.patterns, ' ')))
  and (webhook.channels = '[]' or jsonb_exists_any(webhook.channels, string_to_array(input.channel_names, ' ')))`

/** The key of a delivery, where its webhook wants an order, and its place among those of the key. */
const ordering = (index: string): string => `
  case when webhook.ordered then event.ordering_key end,
  case when webhook.ordered and event.ordering_key is not null then (select nextval('leadhooks.places')) + ${index} end`

/** Whether a worker of any process wants to be told: looked up once, however many rows there are. */
const isAwaited = `exists (select from leadhooks.listeners where wants_notices)`

/**
 * An event of an id that the organization has is updated with its own id: so the statement waits for whoever is just writing
 * it, and learns what became of that. `do nothing` would not see a row that was committed after the statement began.
 */
const onConflict = `
  on conflict (organization_id, id) do update set id = stored.id
  returning organization_id, id, xmax = 0 as is_new`

/** Tells the workers of other processes, as soon as the transaction commits, that a webhook has something to send. */
const notice = `
  case when delivery.webhook_id is not null and ${isAwaited}
    then pg_notify('leadhooks.work', delivery.webhook_id || ' ' || delivery.organization_id)::text end as notice`

/** One row for each delivery, or one without a webhook where there is none. */
const insertOne = (notify: boolean): Statement =>
  statement(`
    with event as (
      insert into leadhooks.events as stored
        (organization_id, id, type, created_at, deliveries, body, channels, ordering_key, traceparent)
      values ($1::text, $2::text, $3::text, $4::text::timestamptz, $5::text, $6::text, $7::text::jsonb, $8::text, $9::text)
      ${onConflict}, stored.deliveries, stored.ordering_key
    ), input as (
      select ${nowOr('$10::text')} as now, $11::text as patterns, $12::text as channel_names
    ), delivery as (
      insert into leadhooks.queue (id, organization_id, webhook_id, event_id, due_at, created_at, ordering_key, place)
      select event.deliveries || ${idEnd}, event.organization_id, webhook.id, event.id, input.now, input.now, ${ordering('0')}
      from event, input, leadhooks.webhooks as webhook
      where event.is_new and webhook.organization_id = event.organization_id and ${takesEvents}
        and ${matches}
      returning organization_id, webhook_id
    )
    select event.is_new as fresh, delivery.webhook_id as webhook${notify ? `, ${notice}` : ''}
    from event left join delivery on true`)

const insertOneQuietly = insertOne(false)
const insertOneAndNotify = insertOne(true)

/**
 * The same for many: one row for each delivery, or one for an event that has none.
 */
const insertMany = (notify: boolean): Statement =>
  statement(`
    with input as materialized (
      select *, ${nowOr('$1::text')} as now from json_to_recordset($2::text::json) as event (
        organization_id text, id text, type text, created_at timestamptz, deliveries text, body text, channels jsonb, patterns text,
        channel_names text, ordering_key text, traceparent text, index integer)
    ), event as (
      insert into leadhooks.events as stored
        (organization_id, id, type, created_at, deliveries, body, channels, ordering_key, traceparent)
      select organization_id, id, type, created_at, deliveries, body, channels, ordering_key, traceparent from input
      ${onConflict}, stored.ordering_key
    ), delivery as (
      insert into leadhooks.queue (id, organization_id, webhook_id, event_id, due_at, created_at, ordering_key, place)
      select input.deliveries || ${idEnd}, event.organization_id, webhook.id, event.id,
        input.now, input.now, ${ordering('input.index')}
      from input
      join event on event.organization_id = input.organization_id and event.id = input.id and event.is_new
      join leadhooks.webhooks as webhook on webhook.organization_id = event.organization_id and ${takesEvents}
        and ${matches}
      returning organization_id, webhook_id, event_id
    )
    select event.organization_id as organization, event.id, event.is_new as fresh, delivery.webhook_id as webhook
      ${notify ? `, ${notice}` : ''}
    from event left join delivery on delivery.organization_id = event.organization_id and delivery.event_id = event.id`)

const insertManyQuietly = insertMany(false)
const insertManyAndNotify = insertMany(true)

const findEvents = statement(`
  select event.organization_id as organization, event.id, event.type, event.body, event.channels::text as channels,
    event.ordering_key as ordering, event.traceparent as trace,
    (extract(epoch from event.created_at) * 1000)::bigint::text as created
  from json_to_recordset($1::text::json) as wanted (organization_id text, id text)
  join leadhooks.events as event on event.organization_id = wanted.organization_id and event.id = wanted.id`)

interface InsertedRow {
  /** Whether there was no event of that id. */
  fresh: boolean
  webhook: string | null
}

interface InsertedBatchRow extends InsertedRow {
  organization: string
  id: string
}

interface EventRow {
  organization: string
  id: string
  type: string
  body: string
  channels: string | null
  ordering: string | null
  trace: string | null
  created: string
}

export interface InsertOptions {
  /** The time that counts as now; null for the server's own. */
  now: Date | null
  /** Whether workers of other processes are to be told. */
  notify: boolean
}

export interface Inserted {
  events: InsertedEvent[]
  /** The webhooks that have something to send now. */
  lanes: LaneName[]
}

export interface LaneName {
  organizationId: string
  webhookId: string
}

/** Writes events and their deliveries by one statement; only events that were there before take a second one to read them. */
export async function insertEvents(
  run: Run,
  events: readonly NewEvent[],
  options: InsertOptions,
): Promise<Inserted> {
  const [event] = events
  if (event === undefined) return { events: [], lanes: [] }
  return events.length === 1 ? insertEvent(run, event, options) : insertBatch(run, events, options)
}

async function insertEvent(run: Run, event: NewEvent, { now, notify }: InsertOptions): Promise<Inserted> {
  const { organizationId, id, type, createdAt, body, channels, orderingKey, traceparent, patterns } = event
  const eventValues = [organizationId, id, type, createdAt.toISOString(), idStart(createdAt), body]
  const optional = [channels && JSON.stringify(channels), orderingKey, traceparent]
  const match = [patterns.join(' '), channels && channels.join(' ')]
  const values = [...eventValues, ...optional, now?.toISOString() ?? null, ...match]
  const rows = (await run(notify ? insertOneAndNotify : insertOneQuietly, values)) as InsertedRow[]
  if (rows[0]?.fresh !== true) return { events: await findDuplicates(run, [event]), lanes: [] }
  const lanes: LaneName[] = []
  for (const { webhook: webhookId } of rows) {
    if (webhookId !== null) lanes.push({ organizationId, webhookId })
  }
  return { events: [inserted(event, lanes.length)], lanes }
}

async function insertBatch(
  run: Run,
  events: readonly NewEvent[],
  { now, notify }: InsertOptions,
): Promise<Inserted> {
  const first = new Map<string, NewEvent>()
  for (const event of events) if (!first.has(keyOf(event))) first.set(keyOf(event), event)
  const order = new Map([...first.keys()].map((key, index) => [key, index]))
  // In the order of their keys: of two callers with the same ids, none waits for the other in a circle.
  const inOrder = [...first]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, event]) => toInput(event, order.get(key)))
  const values = [now?.toISOString() ?? null, JSON.stringify(inOrder)]
  const rows = (await run(notify ? insertManyAndNotify : insertManyQuietly, values)) as InsertedBatchRow[]

  const answers = new Map<string, InsertedEvent>()
  const lanes = new Map<string, LaneName>()
  for (const { organization: organizationId, id, fresh, webhook: webhookId } of rows) {
    const key = keyOf({ organizationId, id })
    const event = first.get(key)
    if (event === undefined || !fresh) continue
    const answer = answers.get(key) ?? inserted(event, 0)
    answers.set(key, answer)
    if (webhookId === null) continue
    answer.deliveries++
    lanes.set(webhookId, { organizationId, webhookId })
  }
  const seen = [...first].flatMap(([key, event]) => (answers.has(key) ? [] : [event]))
  for (const duplicate of await findDuplicates(run, seen)) answers.set(keyOf(duplicate.event), duplicate)
  return { events: events.map((event) => answerTo(event, first, answers)), lanes: [...lanes.values()] }
}

/** Within a batch, too, the first event of an id is the event, and the others are its duplicates. */
function answerTo(
  event: NewEvent,
  first: ReadonlyMap<string, NewEvent>,
  answers: ReadonlyMap<string, InsertedEvent>,
): InsertedEvent {
  const answer = answers.get(keyOf(event))
  if (answer === undefined)
    throw new LeadhooksError('internal', `The database answered nothing for the event "${event.id}"`)
  return first.get(keyOf(event)) === event ? answer : { ...answer, deliveries: 0, duplicate: true }
}

async function findDuplicates(run: Run, events: readonly NewEvent[]): Promise<InsertedEvent[]> {
  if (events.length === 0) return []
  const wanted = events.map(({ organizationId, id }) => ({ organization_id: organizationId, id }))
  const rows = (await run(findEvents, [JSON.stringify(wanted)])) as EventRow[]
  return rows.map((row) => ({ event: toEvent(row), deliveries: 0, duplicate: true }))
}

function inserted({ patterns: _patterns, ...event }: NewEvent, deliveries: number): InsertedEvent {
  return { event, deliveries, duplicate: false }
}

function toInput(
  { organizationId, id, type, createdAt, body, channels, orderingKey, traceparent, patterns }: NewEvent,
  index: number | undefined,
): Record<string, unknown> {
  return {
    organization_id: organizationId,
    id,
    type,
    created_at: createdAt,
    deliveries: idStart(createdAt),
    body,
    channels,
    patterns: patterns.join(' '),
    channel_names: channels && channels.join(' '),
    ...(traceparent !== null && { traceparent }),
    ...(orderingKey !== null && { ordering_key: orderingKey, index }),
  }
}

function toEvent(row: EventRow): StoredEvent {
  const { organization: organizationId, id, type, body, channels, created } = row
  const { ordering: orderingKey, trace: traceparent } = row
  const carried = channels === null ? null : (JSON.parse(channels) as string[])
  const createdAt = new Date(Number(created))
  return { id, organizationId, type, body, channels: carried, orderingKey, traceparent, createdAt }
}

function idStart(createdAt: Date): string {
  return newDeliveryId(createdAt.getTime()).slice(0, -idEndLength)
}

function keyOf({ organizationId, id }: Pick<StoredEvent, 'organizationId' | 'id'>): string {
  return `${organizationId} ${id}`
}
