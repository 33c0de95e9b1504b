import { drawTokens, type LimitCheck, slideWindow, type WindowCounts } from '@leadhooks/core'
import type { Database, Session } from '../database.ts'
import { nowOr } from '../now.ts'
import { statement } from '../statement.ts'
import { rowId } from './held-permits.ts'

export interface PermitDemand {
  check: LimitCheck
  /** What callers wait for. */
  wanted: number
  /** What is likely to be asked for soon. */
  extra: number
}

export interface PermitLease {
  granted: number
  /** What is left in the database. */
  left: number
  /** For how long the permits may be given out: not beyond the window that they count in. */
  usableForMs: number
  /** In how long more can be had: what one caller asks for. */
  resetMs: (cost: number) => number
}

/** More than a tenth of what is left is never leased ahead: near the limit each permit goes where it is asked for. */
const shareAhead = 1 / 10

const makeRows = statement(`
  insert into leadhooks.rate_limits (id, stale_at)
  select id, now() from unnest($1::text[]) as id order by id on conflict do nothing`)

const lockRows = statement(`
  select id, state, (extract(epoch from ${nowOr('$2')}) * 1000)::float8 as now from leadhooks.rate_limits
  where id = any($1::text[]) order by id for no key update`)

const writeRows = statement(`
  update leadhooks.rate_limits as kept set state = written.state, stale_at = to_timestamp(written.stale_at / 1000)
  from unnest($1::text[], $2::text[], $3::float8[]) as written (id, state, stale_at) where kept.id = written.id`)

const sweep = statement(`
  delete from leadhooks.rate_limits where id = any(array(
    select id from leadhooks.rate_limits where stale_at < now() - interval '1 minute' order by id limit 500
    for update skip locked))`)

interface Row {
  id: string
  state: string | null
  now: number
}

/**
 * Leases permits of several limits by one transaction, and gives back what was not used of earlier ones. Rows are locked in the
 * order of their ids: no two processes wait for each other in a circle.
 */
export async function leasePermits(
  database: Database,
  demands: readonly PermitDemand[],
  unused: ReadonlyMap<string, number>,
  { now, leaseMs }: { now: Date | null; leaseMs: number },
): Promise<PermitLease[]> {
  const ids = [...new Set([...demands.map(({ check }) => rowId(check)), ...unused.keys()])]
  return database.transaction(async (session) => {
    const rows = await lock(session, ids, now)
    const states = new Map(rows.map((row) => [row.id, row]))
    for (const [id, permits] of unused) giveBack(states.get(id), permits)
    const leases = demands.map((demand) => lease(states.get(rowId(demand.check)), demand, leaseMs))
    await write(session, [...states.values()])
    return leases
  })
}

/** Removes what says nothing any more. */
export async function sweepPermits(database: Database): Promise<void> {
  await database.rows(sweep)
}

async function lock(session: Session, ids: readonly string[], now: Date | null): Promise<Row[]> {
  const rows = await session.rows<Row>(lockRows, [ids, now])
  if (rows.length === ids.length) return rows
  await session.rows(makeRows, [ids])
  return session.rows<Row>(lockRows, [ids, now])
}

function lease(row: Row | undefined, { check, wanted, extra }: PermitDemand, leaseMs: number): PermitLease {
  if (row === undefined) throw new RangeError('A limit without a row')
  const { now } = row
  const before = row.state
  const { remaining } = judge(before, check, 0, now)
  const most = Math.min(remaining, wanted + Math.min(extra, Math.floor((remaining - wanted) * shareAhead)))
  const granted = Math.max(0, most)
  const after = judge(before, check, granted, now)
  row.state = after.state
  const windowEndsInMs = check.windowMs - (now % check.windowMs)
  return {
    granted,
    left: after.remaining,
    usableForMs: check.algorithm === 'token-bucket' ? leaseMs : Math.min(leaseMs, windowEndsInMs),
    resetMs: (cost) => judge(row.state, check, cost, now).resetMs,
  }
}

function judge(
  state: string | null,
  check: LimitCheck,
  cost: number,
  now: number,
): { remaining: number; resetMs: number; state: string } {
  const known: unknown = state === null ? undefined : JSON.parse(state)
  const verdict =
    check.algorithm === 'token-bucket'
      ? drawTokens((known as { fullAt: number } | undefined)?.fullAt, check, cost, now)
      : slideWindow(known as WindowCounts | undefined, check, cost, now)
  const kept =
    typeof verdict.state === 'number'
      ? { fullAt: verdict.state, perToken: check.windowMs / check.limit }
      : verdict.state
  return { remaining: verdict.remaining, resetMs: verdict.resetMs, state: JSON.stringify(kept) }
}

/** In a window that is over they have counted for nothing, and stay so. */
function giveBack(row: Row | undefined, permits: number): void {
  if (row?.state === null || row === undefined) return
  const state = JSON.parse(row.state) as WindowCounts | { fullAt: number; perToken: number }
  const given =
    'fullAt' in state
      ? { ...state, fullAt: state.fullAt - permits * state.perToken }
      : { ...state, current: Math.max(0, state.current - permits) }
  row.state = JSON.stringify(given)
}

async function write(session: Session, rows: readonly Row[]): Promise<void> {
  const kept = rows.filter(({ state }) => state !== null)
  const staleAt = kept.map(({ id, state, now }) => staleTime(id, state ?? '', now))
  await session.rows(writeRows, [kept.map(({ id }) => id), kept.map(({ state }) => state), staleAt])
}

/** Two windows after the last call; the length of the window stands in the id. */
function staleTime(id: string, state: string, now: number): number {
  const { fullAt } = JSON.parse(state) as { fullAt?: number }
  const windowMs = Number(id.split(' ').at(-3))
  return fullAt ?? now + 2 * windowMs
}
