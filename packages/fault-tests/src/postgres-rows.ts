import { Pool } from 'pg'
import { nonZero, type Rows } from './rows.ts'

const watch = `
  create table public.changed_after_the_end (id text);
  create function public.note_change() returns trigger language plpgsql as $$
    begin insert into public.changed_after_the_end values (old.id); return null; end $$;
  create trigger watch_finished after update or delete on leadhooks.deliveries
    for each row execute function public.note_change();`

/** All deliveries: those that are finished and those in the queue. */
const allDeliveries = `(
  select id, organization_id, webhook_id, event_id, replay_of, status, attempts from leadhooks.deliveries
  union all
  select id, organization_id, webhook_id, event_id, replay_of, status, attempts from leadhooks.queue)`

const violations = {
  'events without a delivery to a webhook': `
    select count(*) from leadhooks.events as event
    join leadhooks.webhooks as webhook using (organization_id)
    where event.created_at >= webhook.created_at and not exists (
      select from ${allDeliveries} as delivery
      where delivery.event_id = event.id and delivery.webhook_id = webhook.id
        and delivery.organization_id = event.organization_id)`,
  'events with two deliveries to a webhook': `
    select count(*) from (
      select from ${allDeliveries} as delivery where replay_of is null
      group by organization_id, event_id, webhook_id having count(*) > 1) as doubled`,
  'changed after the end': `select count(*) from public.changed_after_the_end`,
  'both finished and in the queue': `select count(*) from leadhooks.queue join leadhooks.deliveries using (id)`,
  'held without a live lease': `
    select count(*) from leadhooks.queue where lease is not null and leased_until < clock_timestamp() - interval '10 s'`,
  'attempts without a delivery': `
    select count(*) from leadhooks.attempts
    where delivery_id not in (select id from ${allDeliveries} as delivery)`,
  'delivered without exactly one success': `
    select count(*) from leadhooks.deliveries where status = 'delivered' and 1 <> (
      select count(*) from leadhooks.attempts where delivery_id = deliveries.id and outcome = 'succeeded')`,
  'attempts that do not count from 1 without gaps': `
    select count(*) from (
      select from leadhooks.attempts group by delivery_id having max(number) <> count(*)) as gapped`,
} as const

export function postgresRows(url: string): Rows {
  const pool = new Pool({ connectionString: url, max: 3 })
  pool.on('error', () => {})
  const all = async (text: string): Promise<Record<string, unknown>[]> =>
    (await pool.query<Record<string, unknown>>(text)).rows
  const number = async (text: string): Promise<number> => Number(Object.values((await all(text))[0] ?? {})[0])
  const counts = async (text: string): Promise<Record<string, number>> =>
    Object.fromEntries((await all(text)).map(({ name, count }) => [String(name), Number(count)]))

  return {
    async watchFinished() {
      await pool.query(watch)
    },
    async violations() {
      const found: Record<string, number> = {}
      for (const [name, text] of Object.entries(violations)) found[name] = await number(text)
      return nonZero(found)
    },
    byStatus: async () =>
      counts(`select status as name, count(*) from ${allDeliveries} as delivery group by status`),
    unfinished: async () => number('select count(*) from leadhooks.queue'),
    async leases() {
      const rows = await all('select lease::text from leadhooks.queue where lease is not null')
      return rows.map(({ lease }) => String(lease))
    },
    mostOverdueMs: async () =>
      number(`
        select coalesce(max(extract(epoch from clock_timestamp() - leased_until)) * 1000, 0)
        from leadhooks.queue where lease is not null and leased_until < clock_timestamp()`),
    async attemptsByEvent() {
      const byEvent = await counts(`
        select event_id as name, count(*) from ${allDeliveries} as delivery
        join leadhooks.attempts on delivery_id = delivery.id group by event_id`)
      return new Map(Object.entries(byEvent))
    },
    attemptsByOutcome: async () =>
      counts(`
        select outcome || coalesce(' ' || failure, '') as name, count(*) from leadhooks.attempts group by name`),
    eventIds: async () => (await all('select id from leadhooks.events')).map(({ id }) => String(id)),
    run: all,
    async close() {
      await pool.end()
    },
  }
}
