import type { AuditHead } from '@leadhooks/core'
import { expect, test } from 'vitest'
import { openLeadhooks } from './open.ts'

test.each([
  ['edited', `update leadhooks.audit_log set actor_id = 'somebody else' where sequence = 4`, 4, 'altered'],
  ['removed', `delete from leadhooks.audit_log where sequence = 4`, 5, 'missing'],
  ['cut off at the end', `delete from leadhooks.audit_log where sequence > 7`, 10, 'cut_off'],
  [
    'put in another place',
    `update leadhooks.audit_log set sequence = case sequence when 4 then 105 when 5 then 104 else sequence end;
     update leadhooks.audit_log set sequence = sequence - 100 where sequence > 100`,
    4,
    'altered',
  ],
])('an entry of the audit log that is %s is found, and where', async (_, tampering, sequence, fault) => {
  const heads: AuditHead[] = []
  const { leadhooks, pool } = await openLeadhooks({ audit: { onHead: (head) => void heads.push(head) } })
  for (let i = 0; i < 10; i++) await leadhooks.apiKeys.create({ organizationId: 'acme', name: `Key ${i}` })
  const head = heads.at(-1)
  expect(await leadhooks.audit.verify({ organizationId: 'acme', head })).toMatchObject({
    ok: true,
    entries: 10,
  })
  await pool.query(tampering)
  const { faults } = await leadhooks.audit.verify({ organizationId: 'acme', head })
  expect(faults[0]).toEqual({ sequence, fault })
})
