import type { Duty } from '@leadhooks/core/storage'
import type { Connection } from './connection.ts'

const take = `
  insert into leadhooks_duties (name, holder, held_until) values (?, ?, ?)
  on conflict (name) do update set holder = excluded.holder, held_until = excluded.held_until
  where holder = excluded.holder or held_until <= ?`

const release = `delete from leadhooks_duties where name = ? and holder = ?`

const forget = `
  delete from leadhooks_duties where name in (select name from leadhooks_duties where held_until <= ? limit ?)`

/** Whether the holder has the duty from now on, for so long. */
export function takeDuty(
  connection: Connection,
  { name, holder, leaseMs }: Duty & { leaseMs: number },
  now: number,
): boolean {
  return connection.run(take, name, holder, now + leaseMs, now).changes === 1
}

export function releaseDuty(connection: Connection, { name, holder }: Duty): void {
  connection.run(release, name, holder)
}

export function forgetDuties(connection: Connection, limit: number, now: number): number {
  return connection.run(forget, now, limit).changes
}
