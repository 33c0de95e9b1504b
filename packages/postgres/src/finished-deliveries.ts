interface Finish {
  /** SQL for each column, over the rows of the queue. */
  status: string
  reason: string
  /** Whether a worker has vanished with it: that makes one more attempt, and nobody knows how it ended. @default false */
  isLost?: string
  /** @default the `now` of the statement's `input` */
  finishedAt?: string
}

/** The part of a statement that writes the rows it took out of the queue, under the name `taken`, to the finished ones. */
export function moveToFinished(
  taken: string,
  { status, reason, isLost = 'false', finishedAt }: Finish,
): string {
  return `
    insert into leadhooks.deliveries (id, organization_id, webhook_id, event_id, event_type, status, reason, attempts,
      status_code, failure, replay_of, replay_root, replay_depth, created_at, finished_at)
    select ${taken}.id, ${taken}.organization_id, webhook_id, event_id, event.type, ${status}, ${reason},
      attempts + (${isLost})::integer, case when not (${isLost}) then status_code end,
      case when not (${isLost}) then failure end, replay_of, replay_root, replay_depth, ${taken}.created_at,
      ${finishedAt ?? '(select now from input)'}
    from ${taken}
    cross join lateral (
      select type from leadhooks.events where organization_id = ${taken}.organization_id and id = ${taken}.event_id limit 1
    ) as event`
}
