import type pg from 'pg'
import { eventTypeOf, organizationOf } from '../leads.ts'
import { bodyOf, type Lead } from './leads.ts'

// What knows the tables of Leadhooks: rows to fill them with, and the statements that a host would write in its place.

let lastDelivery = 0
const nextDeliveryId = (): string => `dlv_raw${String(++lastDelivery).padStart(20, '0')}`

/** Where a lead goes: the webhook's id by its number. */
export type WebhookIds = readonly string[]

export async function webhookIds(pool: pg.Pool): Promise<WebhookIds> {
  const { rows } = await pool.query<{ id: string; event_types: string[] }>(
    'select id, event_types from leadhooks.webhooks',
  )
  const ids: string[] = []
  for (const { id, event_types } of rows)
    ids[Number(event_types[0]?.replace(eventTypeOf(0).slice(0, -1), ''))] = id
  return ids
}

/** Writes the same two rows as a dispatch, and asks nothing: which webhooks match, whether the id was seen before. */
export async function insertRaw(
  client: Pick<pg.ClientBase, 'query'>,
  ids: WebhookIds,
  lead: Lead,
): Promise<void> {
  const now = new Date()
  const deliveryId = nextDeliveryId()
  const organizationId = organizationOf(lead.webhook)
  await client.query({
    name: 'raw-dispatch',
    text: `
      with event as (
        insert into leadhooks.events (organization_id, id, type, created_at, deliveries, body)
        values ($1::text, $2::text, $3::text, $4::timestamptz, $5::text, $6::text)
      )
      insert into leadhooks.queue (id, organization_id, webhook_id, event_id, due_at, created_at)
      values ($7::text, $8::text, $9::text, $10::text, $11::timestamptz, $12::timestamptz)`,
    values: [
      organizationId,
      lead.id,
      eventTypeOf(lead.webhook),
      now,
      deliveryId.slice(0, -4),
      bodyOf(lead),
      deliveryId,
      organizationId,
      ids[lead.webhook],
      lead.id,
      now,
      now,
    ],
  })
}

/** The same for many, by arrays. */
export async function insertManyRaw(
  client: Pick<pg.ClientBase, 'query'>,
  ids: WebhookIds,
  leads: readonly Lead[],
): Promise<void> {
  const now = new Date()
  const deliveryIds = leads.map(nextDeliveryId)
  const organizationIds = leads.map(({ webhook }) => organizationOf(webhook))
  const eventIds = leads.map(({ id }) => id)
  await client.query({
    name: 'raw-dispatch-many',
    text: `
      with event as (
        insert into leadhooks.events (organization_id, id, type, created_at, deliveries, body)
        select o, e, t, $5::timestamptz, d, b
        from unnest($1::text[], $2::text[], $3::text[], $4::text[], $6::text[]) as r (o, e, t, b, d)
      )
      insert into leadhooks.queue (id, organization_id, webhook_id, event_id, due_at, created_at)
      select d, o, w, e, $5::timestamptz, $5::timestamptz
      from unnest($6::text[], $1::text[], $7::text[], $2::text[]) as r (d, o, w, e)`,
    values: [
      organizationIds,
      eventIds,
      leads.map(({ webhook }) => eventTypeOf(webhook)),
      leads.map(bodyOf),
      now,
      deliveryIds,
      leads.map(({ webhook }) => ids[webhook]),
    ],
  })
}

const oneOfAllWebhooks = (n: string): string => `
  (select *, row_number() over (order by id) - 1 as place, count(*) over () as count from leadhooks.webhooks) as webhook
  on webhook.place = ${n} % webhook.count`

const oldEvents = (name: string): string => `
  insert into leadhooks.events (organization_id, id, type, created_at, deliveries, body)
  select organization_id, 'evt_${name}' || n, event_types->>0, now() - n * interval '10 ms', 'dlv_${name}' || n, repeat('x', 500)
  from generate_series(1, $1::integer) as n join ${oneOfAllWebhooks('n')}`

/** So many deliveries that are done with, each with its event and its attempt. */
export async function fillFinished(pool: pg.Pool, count: number): Promise<void> {
  await pool.query(oldEvents('finished'), [count])
  await pool.query(
    `insert into leadhooks.deliveries (id, organization_id, webhook_id, event_id, event_type, status, attempts,
      status_code, created_at, finished_at)
    select 'dlv_finished' || n, organization_id, webhook.id, 'evt_finished' || n, event_types->>0, 'delivered', 1, 200,
      now() - n * interval '10 ms', now() - n * interval '10 ms'
    from generate_series(1, $1::integer) as n join ${oneOfAllWebhooks('n')}`,
    [count],
  )
  await pool.query(
    `insert into leadhooks.attempts (delivery_id, number, started_at, duration_ms, outcome, status_code, response_body)
    select 'dlv_finished' || n, 1, now() - n * interval '10 ms', 5, 'succeeded', 200, 'ok'
    from generate_series(1, $1::integer) as n`,
    [count],
  )
}

/** So many deliveries that are to be tried again between an hour and a day from now. */
export async function fillFuture(pool: pg.Pool, count: number): Promise<void> {
  await pool.query(oldEvents('future'), [count])
  await pool.query(
    `insert into leadhooks.queue (id, organization_id, webhook_id, event_id, status, attempts, due_at, created_at,
      status_code, failure)
    select 'dlv_future' || n, organization_id, webhook.id, 'evt_future' || n, 'retrying', 5,
      now() + interval '1 hour' + random() * interval '23 hours', now() - n * interval '10 ms', 503, 'status'
    from generate_series(1, $1::integer) as n join ${oneOfAllWebhooks('n')}`,
    [count],
  )
}
