import type { Migration } from '@leadhooks/sql'
import { takesEvents } from '../webhook-readiness.ts'
import { dispatchTo } from './0002-dispatch-event.ts'
import { passOnRights, withChannels } from './0019-channels.ts'

const former = 'leadhooks.dispatch_event_without_key(text, text, json, text, text[])'
const current = 'leadhooks.dispatch_event(text, text, json, text, text[], text)'

const dispatchEvent = dispatchTo(takesEvents, {
  parameter: `${withChannels.parameter}, ordering_key text default null`,
  checks: `${withChannels.checks}
    if length(dispatch_event.ordering_key) not between 1 and 128 then
      raise exception 'ordering_key must have 1 to 128 characters' using errcode = '22023';
    end if;
`,
  column: `${withChannels.column}, ordering_key`,
  value: `${withChannels.value}, dispatch_event.ordering_key`,
  matches: withChannels.matches,
  queueColumns: ', ordering_key, place',
  queueValues: `, case when webhook.ordered then dispatch_event.ordering_key end,
      case when webhook.ordered and dispatch_event.ordering_key is not null then (select nextval('leadhooks.places')) end`,
})

/** Calls without a key are what they were. */
export const dispatchInOrder: Migration = {
  version: 31,
  name: 'dispatch-in-order',
  mode: 'transactional',
  locks: 'Nothing: it makes a function anew.',
  statements: [
    `alter function leadhooks.dispatch_event(text, text, json, text, text[]) rename to dispatch_event_without_key`,
    dispatchEvent,
    `revoke all on function ${current} from public`,
    passOnRights(former, current),
    `drop function ${former}`,
  ],
}
