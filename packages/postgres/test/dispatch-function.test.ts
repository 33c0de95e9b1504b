import { startReceiver } from '@leadhooks/core/testing'
import { verifySignature } from '@leadhooks/verify-signature'
import { postgresStorage } from '@leadhooks/postgres'
import { testPostgres } from '@leadhooks/test-services/vitest'
import { Client, Pool } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { openLeadhooks } from './open.ts'

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

test('a trigger dispatches what it sees, in the transaction that fires it', async () => {
  const { leadhooks, pool } = await openLeadhooks()
  const receiver = await startReceiver()
  onTestFinished(async () => receiver.close())
  const { secret } = await leadhooks.webhooks.create({
    organizationId: 'acme',
    url: receiver.url,
    eventTypes: ['lead.*'],
  })
  leadhooks.startWorker()
  await pool.query(`
    create table leads (id text primary key, name text);
    create function tell_of_lead() returns trigger language plpgsql as $$
    begin
      perform leadhooks.dispatch_event('acme', 'lead.created', to_json(new), 'evt-' || new.id);
      return new;
    end $$;
    create trigger tell after insert on leads for each row execute function tell_of_lead();
    insert into leads values ('lead_1', 'Ada "the first" Lovelace');`)
  await pool.query(`begin; insert into leads values ('lead_2', 'never'); rollback`)

  const [request] = await receiver.received(1)
  const { body = '', headers = {} } = request ?? {}
  expect(verifySignature({ payload: body, headers, secret })).toMatchObject({
    id: 'evt-lead_1',
    event: 'lead.created',
    data: { id: 'lead_1', name: 'Ada "the first" Lovelace' },
  })
  const { data } = await leadhooks.events.list({ organizationId: 'acme' })
  expect(data.map(({ id }) => id)).toEqual(['evt-lead_1'])
})

test('it answers as `dispatchEvent` does: the id it made, how many deliveries, and whether it knew the event', async () => {
  const { leadhooks, pool } = await openLeadhooks()
  await leadhooks.webhooks.create({ organizationId: 'acme', url: 'https://receiver.example/' })
  await leadhooks.webhooks.create({
    organizationId: 'acme',
    url: 'https://receiver.example/',
    eventTypes: ['a.b.c'],
  })
  await leadhooks.webhooks.create({
    organizationId: 'acme',
    url: 'https://receiver.example/',
    eventTypes: ['a.*'],
  })
  await leadhooks.webhooks.create({
    organizationId: 'acme',
    url: 'https://receiver.example/',
    eventTypes: ['b.*'],
  })
  const call = async (id: string | null): Promise<unknown> => {
    const { rows } = await pool.query(
      `select * from leadhooks.dispatch_event('acme', 'a.b.c', '{"x": 1}', $1)`,
      [id],
    )
    return rows[0]
  }
  expect(await call('mine')).toEqual({ event_id: 'mine', deliveries: 3, duplicate: false })
  expect(await call('mine')).toEqual({ event_id: 'mine', deliveries: 0, duplicate: true })
  expect(await call(null)).toMatchObject({ event_id: expect.stringMatching(/^evt_[0-9A-HJKMNP-TV-Z]{26}$/) })
  const deliveries = await leadhooks.deliveries.list({ organizationId: 'acme', eventId: 'mine' })
  expect(deliveries.data).toHaveLength(3)
})

test('a delivery is due when the event is dispatched, however old its webhook is, and wherever the arguments come from', async () => {
  const { leadhooks, pool } = await openLeadhooks()
  await leadhooks.webhooks.create({ organizationId: 'acme', url: 'https://receiver.example/' })
  await pool.query(`update leadhooks.webhooks set created_at = now() - interval '10 days'`)
  await pool.query(`
    create table tenants (id text collate "en-x-icu");
    insert into tenants values ('acme');
    select leadhooks.dispatch_event(id, 'new_lead', '{}') from tenants`)
  const { data } = await leadhooks.deliveries.list({ organizationId: 'acme' })
  expect(data).toHaveLength(1)
  expect(Date.now() - (data[0]?.createdAt.getTime() ?? 0)).toBeLessThan(3_600_000)
  expect(data[0]?.nextAttemptAt).toEqual(data[0]?.createdAt)
})

test.each([
  [`'', 'new_lead', '{}'`, /organization_id/],
  [`'acme', 'new lead', '{}'`, /type/],
  [`'acme', 'new_lead', '{}', 'a.b'`, /id must be/],
  [`'acme', 'new_lead', null`, /data must be JSON/],
  [`'acme', 'new_lead', '{"a": "\\u0000"}'`, /Unicode/],
  [`'acme', 'new_lead', '${nested(65)}'`, /64 levels/],
  [`'acme', 'new_lead', to_json(repeat('x', 300000))`, /the limit is 262144/],
  [`'acme', 'new_lead', '{}', ordering_key => ''`, /ordering_key must have 1 to 128/],
  [`'acme', 'new_lead', '{}', ordering_key => repeat('a', 129)`, /ordering_key must have 1 to 128/],
  [`'acme', 'new_lead', '{}', channels => array['a b']`, /channel must be/],
  [`'acme', 'new_lead', '{}', channels => array['a', null]`, /channel must be/],
  [`'acme', 'new_lead', '{}', channels => array_fill('a'::text, array[11])`, /at most 10 channels/],
])('dispatch_event(%s) is refused', async (input, message) => {
  const { leadhooks, pool } = await openLeadhooks()
  await expect(pool.query(`select leadhooks.dispatch_event(${input})`)).rejects.toThrow(message)
  expect((await leadhooks.events.list({ organizationId: 'acme' })).data).toEqual([])
})

test('what is just within the limits is taken, brackets in strings not counted', async () => {
  const { pool } = await openLeadhooks()
  const text = `'acme', 'new_lead', '${nested(64)}'`
  await pool.query(`select leadhooks.dispatch_event(${text})`)
  await pool.query(`select leadhooks.dispatch_event('acme', 'new_lead', $1)`, [
    JSON.stringify({ text: '["\\'.repeat(100) }),
  ])
})

test('an event may carry channels', async () => {
  const { leadhooks, pool } = await openLeadhooks()
  const url = 'https://receiver.example/'
  await leadhooks.webhooks.create({ organizationId: 'acme', url })
  await leadhooks.webhooks.create({ organizationId: 'acme', url, channels: ['project-1', 'project-2'] })
  const call = async (channels: string[] | null): Promise<unknown> => {
    const text = `select * from leadhooks.dispatch_event('acme', 'new_lead', '{}', channels => $1)`
    const [row] = (await pool.query<{ event_id: string; deliveries: number }>(text, [channels])).rows
    const { event_id: id = '', deliveries } = row ?? {}
    return [deliveries, (await leadhooks.events.get({ organizationId: 'acme', id })).channels]
  }
  expect(await call(['project-2', 'eu', 'eu'])).toEqual([2, ['eu', 'project-2']])
  expect(await call(['project-3'])).toEqual([1, ['project-3']])
  expect(await call([])).toEqual([1, []])
  expect(await call(null)).toEqual([1, []])
})

test('events of an ordering key go one after the other to webhooks that ask for it', async () => {
  const { leadhooks, pool } = await openLeadhooks()
  const receiver = await startReceiver({ respond: [500, 200] })
  onTestFinished(async () => receiver.close())
  const { webhook } = await leadhooks.webhooks.create({
    organizationId: 'acme',
    url: receiver.url,
    ordered: true,
    retry: { delaysMs: [1, 1] },
  })
  await leadhooks.webhooks.create({ organizationId: 'acme', url: 'https://receiver.example/' })
  const call = async (id: string, key: string | null): Promise<void> => {
    const text = `select leadhooks.dispatch_event('acme', 'new_lead', '{}', $1, ordering_key => $2)`
    await pool.query(text, [id, key])
  }
  for (const id of ['one', 'two', 'three']) await call(id, 'lead_1')
  await call('none', null)
  expect((await leadhooks.events.get({ organizationId: 'acme', id: 'two' })).orderingKey).toBe('lead_1')
  expect((await leadhooks.events.get({ organizationId: 'acme', id: 'none' })).orderingKey).toBeNull()
  const { rows } = await pool.query(
    `select event_id, ordering_key, place is not null as has_place, webhook_id = $1 as is_ordered
     from leadhooks.queue where event_id in ('one', 'none') order by event_id, is_ordered`,
    [webhook.id],
  )
  expect(rows).toEqual([
    { event_id: 'none', ordering_key: null, has_place: false, is_ordered: false },
    { event_id: 'none', ordering_key: null, has_place: false, is_ordered: true },
    { event_id: 'one', ordering_key: null, has_place: false, is_ordered: false },
    { event_id: 'one', ordering_key: 'lead_1', has_place: true, is_ordered: true },
  ])
  leadhooks.startWorker()
  const requests = await receiver.received(5)
  const ofKey = requests.map(({ headers }) => headers['webhook-id']).filter((id) => id !== 'none')
  expect([...new Set(ofKey)]).toEqual(['one', 'two', 'three'])
})

test('whoever had a right to it before there were channels has it after', async () => {
  const url = await (await testPostgres()).createDatabase()
  const pool = new Pool({ connectionString: url })
  const storage = postgresStorage({ pool })
  onTestFinished(async () => {
    await storage.close()
    await pool.end()
  })
  for (const { name, statements } of await storage.pendingMigrations()) {
    if (name === 'channels') break
    for (const statement of statements) await pool.query(statement)
  }
  const role = `Clerk ${process.pid} ${Date.now()}`
  await pool.query(`create role "${role}" login; grant usage on schema leadhooks to "${role}"`)
  await pool.query(`grant execute on function leadhooks.dispatch_event to "${role}"`)
  await storage.migrate()
  const may = async (who: string): Promise<unknown> => {
    const text = `select has_function_privilege($1, oid, 'execute') as may from pg_proc where proname = 'dispatch_event'`
    return (await pool.query(text, [who])).rows
  }
  expect(await may(role)).toEqual([{ may: true }])
  expect(await may('public')).toEqual([{ may: false }])
})

test('a role has no right to it until it is given one, and then needs none on the tables', async () => {
  const { pool, url } = await openLeadhooks()
  const role = `clerk_${process.pid}_${Date.now()}`
  await pool.query(`create role ${role} login; grant usage on schema leadhooks to ${role}`)
  const clerk = new Client({ connectionString: url.replace('postgres@', `${role}@`) })
  await clerk.connect()
  onTestFinished(async () => clerk.end())
  const call = `select * from leadhooks.dispatch_event('acme', 'new_lead', '{}')`
  await expect(clerk.query(call)).rejects.toThrow(/permission denied for function/)

  await pool.query(`grant execute on function leadhooks.dispatch_event to ${role}`)
  // A function of the caller's cannot slip into what runs with the owner's rights.
  await clerk.query(`create temp table events (id text); set search_path = pg_temp, public`)
  expect((await clerk.query(call)).rows).toHaveLength(1)
  await expect(clerk.query('select from leadhooks.events')).rejects.toThrow(/permission denied for table/)
})
