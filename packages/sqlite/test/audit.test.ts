import { type AuditHead, createLeadhooks, type Leadhooks } from '@leadhooks/core'
import { sqliteStorage } from '@leadhooks/sqlite'
import type BetterSqlite from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { hostHandle } from './open.ts'
import { temporaryFile } from './temporary-file.ts'

const key = Buffer.alloc(32, 1).toString('base64')

interface Audited {
  database: BetterSqlite.Database
  leadhooks: Leadhooks
  /** What was told to the host, outside the database. */
  heads: AuditHead[]
}

/** Ten entries of organization `acme`, and two of `globex`. */
async function openAudited(): Promise<Audited> {
  const database = hostHandle(temporaryFile())
  const heads: AuditHead[] = []
  const leadhooks: Leadhooks = createLeadhooks({
    storage: sqliteStorage({ database }),
    encryptionKeys: [{ id: 'k1', key }],
    audit: { onHead: (head) => heads.push(head) },
  })
  onTestFinished(async () => leadhooks.close())
  await leadhooks.migrate()
  for (let i = 0; i < 10; i++) await leadhooks.apiKeys.create({ organizationId: 'acme', name: `Key ${i}` })
  for (let i = 0; i < 2; i++) await leadhooks.apiKeys.create({ organizationId: 'globex', name: `Key ${i}` })
  return { database, leadhooks, heads: heads.filter(({ organizationId }) => organizationId === 'acme') }
}

test('a chain that nobody has touched is whole, against its exported head too', async () => {
  const { leadhooks, heads } = await openAudited()
  expect(heads.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  const verified = await leadhooks.audit.verify({ organizationId: 'acme', head: heads.at(-1) })
  expect(verified).toEqual({ ok: true, entries: 10, head: heads.at(-1), faults: [] })
  expect(await leadhooks.audit.verify({ organizationId: 'nobody' })).toMatchObject({ ok: true, entries: 0 })
})

const log = 'leadhooks_audit_log'
const columns = `created_at, action, actor_type, actor_id, actor_ip, actor_user_agent, target_type, target_id, before, after,
  key_id, previous_hash, hash`

test.each([
  [
    'edited',
    `update ${log} set actor_id = 'somebody else' where organization_id = 'acme' and sequence = 4`,
    4,
    'altered',
  ],
  [
    'edited in what it says',
    `update ${log} set after = replace(after, 'Key 3', 'Key 7') where sequence = 4`,
    4,
    'altered',
  ],
  ['removed', `delete from ${log} where organization_id = 'acme' and sequence = 4`, 5, 'missing'],
  [
    'removed, and the gap closed',
    `delete from ${log} where organization_id = 'acme' and sequence = 4;
     update ${log} set sequence = sequence - 1 where organization_id = 'acme' and sequence > 4`,
    4,
    'altered',
  ],
  [
    'made up',
    `insert into ${log} (organization_id, sequence, id, ${columns})
     select organization_id, 11, 'aud_made_up', ${columns} from ${log} where organization_id = 'acme' and sequence = 10`,
    11,
    'altered',
  ],
  [
    'put in another place',
    `update ${log} set sequence = 99 where organization_id = 'acme' and sequence = 4;
     update ${log} set sequence = 4 where organization_id = 'acme' and sequence = 5;
     update ${log} set sequence = 5 where organization_id = 'acme' and sequence = 99`,
    4,
    'altered',
  ],
  [
    'brought from another organization',
    `delete from ${log} where organization_id = 'acme' and sequence = 1;
     update ${log} set organization_id = 'acme' where organization_id = 'globex' and sequence = 1`,
    1,
    'altered',
  ],
  ['cut off at the end', `delete from ${log} where organization_id = 'acme' and sequence > 7`, 10, 'cut_off'],
  [
    'cut off, and the head made to fit',
    `delete from ${log} where organization_id = 'acme' and sequence > 7;
     update leadhooks_audit_heads set sequence = 7, hash =
       (select hash from ${log} where organization_id = 'acme' and sequence = 7) where organization_id = 'acme'`,
    7,
    'forged_head',
  ],
  [
    'removed altogether',
    `delete from ${log} where organization_id = 'acme'; delete from leadhooks_audit_heads where organization_id = 'acme'`,
    10,
    'cut_off',
  ],
])('an entry that is %s is found, and where', async (_, tampering, sequence, fault) => {
  const { database, leadhooks, heads } = await openAudited()
  database.exec(tampering)
  const verified = await leadhooks.audit.verify({ organizationId: 'acme', head: heads.at(-1) })
  expect(verified.ok).toBe(false)
  expect(verified.faults[0]).toEqual({ sequence, fault })
})

test('a tail that was cut off along with an older head is found by the head that was kept elsewhere', async () => {
  const { database, leadhooks, heads } = await openAudited()
  const seventh = heads[6]
  database.exec(`delete from ${log} where organization_id = 'acme' and sequence > 7`)
  database
    .prepare(
      `update leadhooks_audit_heads set sequence = ?, hash = ?, signature = ? where organization_id = 'acme'`,
    )
    .run(seventh?.sequence, seventh?.hash, seventh?.signature)
  expect(
    await leadhooks.audit.verify({ organizationId: 'acme' }),
    'From inside it looks whole',
  ).toMatchObject({ ok: true })
  const verified = await leadhooks.audit.verify({ organizationId: 'acme', head: heads.at(-1) })
  expect(verified.faults).toEqual([{ sequence: 10, fault: 'cut_off' }])
})

test('a head that was made up hides nothing', async () => {
  const { database, leadhooks, heads } = await openAudited()
  database.exec(`delete from ${log} where organization_id = 'acme' and sequence > 7`)
  const [third, tenth] = [heads[2], heads.at(-1)]
  if (third === undefined || tenth === undefined) throw new Error('Heads are missing')
  const forged = { ...third, sequence: 2 }
  const verified = await leadhooks.audit.verify({ organizationId: 'acme', head: forged })
  expect(verified.faults).toContainEqual({ sequence: 2, fault: 'forged_head' })
  const bare = { organizationId: 'acme', sequence: 3, hash: third.hash } as AuditHead
  for (const head of [{ ...tenth, organizationId: 'globex' }, bare])
    await expect(leadhooks.audit.verify({ organizationId: 'acme', head })).rejects.toMatchObject({
      code: 'invalid_request',
    })
})

test('a whole chain that was written anew without the key is found', async () => {
  const { database, leadhooks } = await openAudited()
  const forger: Leadhooks = createLeadhooks({
    storage: sqliteStorage({ database }),
    encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 2).toString('base64') }],
  })
  onTestFinished(async () => forger.close())
  database.exec(`delete from ${log}; delete from leadhooks_audit_heads`)
  await forger.apiKeys.create({ organizationId: 'acme', name: 'Forged' })
  const { ok, faults } = await leadhooks.audit.verify({ organizationId: 'acme' })
  expect([ok, faults]).toEqual([false, [{ sequence: 1, fault: 'altered' }]])
})

test('entries stay good when a new encryption key comes first, and name the key that has gone', async () => {
  const { database, leadhooks } = await openAudited()
  const k2 = { id: 'k2', key: Buffer.alloc(32, 2).toString('base64') }
  const rotated: Leadhooks = createLeadhooks({
    storage: sqliteStorage({ database }),
    encryptionKeys: [k2, { id: 'k1', key }],
  })
  onTestFinished(async () => rotated.close())
  await rotated.apiKeys.create({ organizationId: 'acme', name: 'By the new key' })
  expect(await rotated.audit.verify({ organizationId: 'acme' })).toMatchObject({ ok: true, entries: 11 })
  const { faults } = await leadhooks.audit.verify({ organizationId: 'acme' })
  expect(faults).toEqual([{ sequence: 11, fault: 'unknown_key' }])
})
