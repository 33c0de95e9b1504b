import Database from 'better-sqlite3'
import { nonZero, type Rows } from './rows.ts'

const watch = `
  create table changed_after_the_end (id text);
  create trigger watch_changed after update on leadhooks_deliveries when old.finished_at is not null
    begin insert into changed_after_the_end values (old.id); end;
  create trigger watch_deleted after delete on leadhooks_deliveries when old.finished_at is not null
    begin insert into changed_after_the_end values (old.id); end;`

/** An event lists its deliveries; one that nothing has come of yet has no row but that. */
const listed = `
  select event.organization_id, event.id as event_id, listed.value ->> 0 as webhook_id, listed.value ->> 1 as id
  from leadhooks_events as event join json_each(event.deliveries) as listed`

const unfinished = `
  (select count(*) from (${listed}) as listing where not exists (
    select 1 from leadhooks_deliveries as moved
    where moved.organization_id = listing.organization_id and moved.id = listing.id))
  + (select count(*) from leadhooks_deliveries where finished_at is null)`

const violations = {
  'events without a delivery to a webhook': `
    select count(*) from leadhooks_events as event join leadhooks_webhooks as webhook using (organization_id)
    where event.created_at >= webhook.created_at and not exists (
      select 1 from json_each(event.deliveries) as listed where listed.value ->> 0 = webhook.id)`,
  'events with two deliveries to a webhook': `
    select count(*) from (
      select 1 from (${listed}) group by organization_id, event_id, webhook_id having count(*) > 1)`,
  'changed after the end': `select count(*) from changed_after_the_end`,
  'held without a live lease': `
    select count(*) from leadhooks_leases where leased_until < unixepoch('subsec') * 1000 - 10000`,
  'attempts without a delivery': `
    select count(*) from leadhooks_attempts where delivery_id not in (select id from leadhooks_deliveries)`,
  'delivered without exactly one success': `
    select count(*) from leadhooks_deliveries as delivery where status = 'delivered' and 1 <> (
      select count(*) from leadhooks_attempts where delivery_id = delivery.id and outcome = 'succeeded')`,
  'attempts that do not count from 1 without gaps': `
    select count(*) from (
      select 1 from leadhooks_attempts group by delivery_id having max(number) <> count(*))`,
} as const

export function sqliteRows(path: string): Rows {
  let opened: Database.Database | undefined
  const database = (): Database.Database => (opened ??= new Database(path, { timeout: 10_000 }))
  const number = (text: string): number => database().prepare(text).pluck().get() as number
  const counts = (text: string): Record<string, number> =>
    Object.fromEntries(database().prepare(text).raw().all() as [string, number][])

  return {
    async watchFinished() {
      database().exec(watch)
    },
    async violations() {
      const found: Record<string, number> = {}
      for (const [name, text] of Object.entries(violations)) found[name] = number(text)
      return nonZero(found)
    },
    async byStatus() {
      const moved = counts('select status, count(*) from leadhooks_deliveries group by status')
      const fresh = number(`select ${unfinished} - (
        select count(*) from leadhooks_deliveries where finished_at is null)`)
      return nonZero({ ...moved, pending: (moved['pending'] ?? 0) + fresh })
    },
    unfinished: async () => number(`select ${unfinished}`),
    leases: async () => database().prepare('select lease from leadhooks_leases').pluck().all() as string[],
    mostOverdueMs: async () =>
      number(
        `select coalesce(max(unixepoch('subsec') * 1000 - min(leased_until), 0), 0) from leadhooks_leases`,
      ),
    attemptsByEvent: async () =>
      new Map(
        Object.entries(
          counts(`select event_id, count(*) from leadhooks_deliveries as delivery
            join leadhooks_attempts on delivery_id = delivery.id group by event_id`),
        ),
      ),
    attemptsByOutcome: async () =>
      counts(`select outcome || coalesce(' ' || failure, ''), count(*) from leadhooks_attempts group by 1`),
    eventIds: async () => database().prepare('select id from leadhooks_events').pluck().all() as string[],
    async run(text) {
      const statement = database().prepare<[], Record<string, unknown>>(text)
      if (statement.reader) return statement.all()
      statement.run()
      return []
    },
    async close() {
      opened?.close()
    },
  }
}
