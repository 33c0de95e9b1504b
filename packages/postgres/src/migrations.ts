import type { Migration } from '@leadhooks/sql'
import { initial } from './migrations/0001-initial.ts'
import { dispatchEventFunction } from './migrations/0002-dispatch-event.ts'
import { apiKeyLife } from './migrations/0003-api-key-life.ts'
import { rateLimits } from './migrations/0004-rate-limits.ts'
import { auditLog } from './migrations/0005-audit-log.ts'
import { webhookHealth } from './migrations/0006-webhook-health.ts'
import { webhookPace } from './migrations/0007-webhook-pace.ts'
import { bulkReplays } from './migrations/0008-bulk-replays.ts'
import { webhookFilter } from './migrations/0009-webhook-filter.ts'
import { webhookKeys } from './migrations/0010-webhook-keys.ts'
import { organizationMaintenance } from './migrations/0011-organization-maintenance.ts'
import { payloadShaping } from './migrations/0012-payload-shaping.ts'
import { recoveries } from './migrations/0013-recoveries.ts'
import { eventTypes } from './migrations/0014-event-types.ts'
import { rollups } from './migrations/0015-rollups.ts'
import { sensitiveFields } from './migrations/0016-sensitive-fields.ts'
import { webhookTls } from './migrations/0017-webhook-tls.ts'
import { deadLetters } from './migrations/0018-dead-letters.ts'
import { channels } from './migrations/0019-channels.ts'
import { urlVerification } from './migrations/0020-url-verification.ts'
import { erasures } from './migrations/0021-erasures.ts'
import { ordering } from './migrations/0022-ordering.ts'
import { workers } from './migrations/0023-workers.ts'
import { requests } from './migrations/0024-requests.ts'
import { traces } from './migrations/0025-traces.ts'
import { throttles } from './migrations/0026-throttles.ts'
import { retention } from './migrations/0027-retention.ts'
import { batching } from './migrations/0028-batching.ts'
import { replayDepth } from './migrations/0029-replay-depth.ts'
import { redactedEvents } from './migrations/0030-redacted-events.ts'
import { dispatchInOrder } from './migrations/0031-dispatch-in-order.ts'
import { changes } from './migrations/0032-changes.ts'

export const migrations: readonly Migration[] = [
  initial,
  dispatchEventFunction,
  apiKeyLife,
  rateLimits,
  auditLog,
  webhookHealth,
  webhookPace,
  bulkReplays,
  webhookFilter,
  webhookKeys,
  organizationMaintenance,
  payloadShaping,
  recoveries,
  eventTypes,
  rollups,
  sensitiveFields,
  webhookTls,
  deadLetters,
  channels,
  urlVerification,
  erasures,
  ordering,
  workers,
  requests,
  traces,
  throttles,
  retention,
  batching,
  replayDepth,
  redactedEvents,
  dispatchInOrder,
  changes,
]
