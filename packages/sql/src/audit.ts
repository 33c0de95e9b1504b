import {
  type Audit,
  auditActions,
  type AuditEntry,
  type AuditHead,
  type AuditStorage,
  auditTargetTypes,
} from '@leadhooks/core/storage'
import { behind } from './newest-first.ts'
import { fromRow, rowMapping, toRow } from './row-mapping.ts'
import { rowsOf, type Sql, type Steps } from './sql-runner.ts'
import type { Tables } from './tables.ts'

/** An entry with its actor in columns of their own. */
type FlatEntry = Omit<AuditEntry, 'actor'> & {
  actorType: AuditEntry['actor']['type']
  actorId: string
  actorIp: string | null
  actorUserAgent: string | null
}

const mapping = rowMapping<FlatEntry>('audit_log', {
  id: 'text',
  organizationId: 'text',
  sequence: 'number',
  createdAt: 'date',
  action: auditActions,
  actorType: ['api_key', 'user', 'system'],
  actorId: 'text',
  actorIp: 'text',
  actorUserAgent: 'text',
  targetType: auditTargetTypes,
  targetId: 'text',
  before: 'text',
  after: 'text',
  keyId: 'text',
  previousHash: 'text',
  hash: 'text',
})

const headMapping = rowMapping<AuditHead>('audit_heads', {
  organizationId: 'text',
  sequence: 'number',
  hash: 'text',
  keyId: 'text',
  signature: 'text',
})

/** Writes the entry of a change, as a part of its transaction. */
export type Append<Row> = (organizationId: string, before: Row | null, after: Row | null) => Steps<void>

/** Runs a change and its entry as one transaction, and tells of the new head when that has committed. */
export async function withAudit<Row, Result>(
  sql: Sql,
  audit: Audit<Row> | undefined,
  change: (append: Append<Row>) => Steps<Result>,
): Promise<Result> {
  let head: AuditHead | null = null
  const result = await sql.runner.transaction(function* () {
    head = null
    return yield* change(function* (organizationId, before, after) {
      if (audit !== undefined) head = (yield* appendEntry(sql, organizationId, audit, before, after)) ?? head
    })
  })
  if (head !== null) audit?.written(head)
  return result
}

/**
 * The head is locked first: of any number of changes at once each finds the entry of the one before it. Answers the new head, or
 * null where there was nothing to write.
 */
export function* appendEntry<Row>(
  sql: Sql,
  organizationId: string,
  audit: Audit<Row>,
  before: Row | null,
  after: Row | null,
): Steps<AuditHead | null> {
  const { db, codec, lock } = sql
  const none = { organization_id: organizationId, sequence: 0, hash: '', key_id: '', signature: '' }
  yield* rowsOf(
    db
      .insertInto('audit_heads')
      .values(none)
      .onConflict((conflict) => conflict.doNothing()),
  )
  const locked = db.selectFrom('audit_heads').selectAll().where('organization_id', '=', organizationId)
  const [row] = yield* rowsOf(locked.modifyEnd(lock))
  const known =
    row === undefined || row.sequence === 0 ? null : fromRow(headMapping, codec, row, organizationId)
  const entry = audit.entry({ before, after }, known)
  if (entry === null) return null
  yield* rowsOf(db.insertInto('audit_log').values(toRow(mapping, codec, flatten(entry))))
  const head = audit.head(entry)
  const next = db.updateTable('audit_heads').set(toRow(headMapping, codec, head))
  yield* rowsOf(next.where('organization_id', '=', organizationId))
  return head
}

export function auditStorage(sql: Sql): AuditStorage {
  const { db, codec, runner } = sql
  const read = (row: Tables['audit_log']): AuditEntry => unflatten(fromRow(mapping, codec, row))

  return {
    async appendAudit(organizationId, audit) {
      await withAudit(sql, audit, (append) => append(organizationId, null, null))
    },

    async listAudit({ organizationId, action, targetId, actorId, limit, after }) {
      let query = db.selectFrom('audit_log').selectAll().where('organization_id', '=', organizationId)
      if (action !== undefined) query = query.where('action', '=', action)
      if (targetId !== undefined) query = query.where('target_id', '=', targetId)
      if (actorId !== undefined) query = query.where('actor_id', '=', actorId)
      const page = query.where(behind(codec, after)).orderBy('created_at', 'desc').orderBy('id', 'desc')
      return (await runner.rows(page.limit(limit))).map(read)
    },

    async readAudit({ organizationId, afterSequence, limit }) {
      const chain = db
        .selectFrom('audit_log')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .where('sequence', '>', afterSequence)
      return (await runner.rows(chain.orderBy('sequence').limit(limit))).map(read)
    },

    async findAuditHead(organizationId) {
      const query = db.selectFrom('audit_heads').selectAll().where('organization_id', '=', organizationId)
      const [row] = await runner.rows(query.where('sequence', '>', 0))
      return row === undefined ? null : fromRow(headMapping, codec, row, organizationId)
    },
  }
}

function flatten({ actor, ...entry }: AuditEntry): FlatEntry {
  const { type: actorType, id: actorId, ip: actorIp = null, userAgent: actorUserAgent = null } = actor
  return { ...entry, actorType, actorId, actorIp, actorUserAgent }
}

function unflatten({
  actorType: type,
  actorId: id,
  actorIp,
  actorUserAgent,
  ...entry
}: FlatEntry): AuditEntry {
  const actor = {
    type,
    id,
    ...(actorIp !== null && { ip: actorIp }),
    ...(actorUserAgent !== null && { userAgent: actorUserAgent }),
  }
  return { ...entry, actor }
}
