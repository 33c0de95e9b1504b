import type { Migration } from '@leadhooks/sql'
import { initial } from './migrations/0001-initial.ts'
import { duties } from './migrations/0002-duties.ts'
import { apiKeyLife } from './migrations/0003-api-key-life.ts'
import { auditLog } from './migrations/0004-audit-log.ts'
import { webhookHealth } from './migrations/0005-webhook-health.ts'
import { webhookPace } from './migrations/0006-webhook-pace.ts'
import { bulkReplays } from './migrations/0007-bulk-replays.ts'
import { webhookFilter } from './migrations/0008-webhook-filter.ts'
import { webhookKeys } from './migrations/0009-webhook-keys.ts'
import { organizationMaintenance } from './migrations/0010-organization-maintenance.ts'
import { payloadShaping } from './migrations/0011-payload-shaping.ts'
import { recoveries } from './migrations/0012-recoveries.ts'
import { eventTypes } from './migrations/0013-event-types.ts'
import { rollups } from './migrations/0014-rollups.ts'
import { sensitiveFields } from './migrations/0015-sensitive-fields.ts'
import { webhookTls } from './migrations/0016-webhook-tls.ts'
import { deadLetters } from './migrations/0017-dead-letters.ts'
import { channels } from './migrations/0018-channels.ts'
import { urlVerification } from './migrations/0019-url-verification.ts'
import { erasures } from './migrations/0020-erasures.ts'
import { ordering } from './migrations/0021-ordering.ts'
import { workers } from './migrations/0022-workers.ts'
import { requests } from './migrations/0023-requests.ts'
import { traces } from './migrations/0024-traces.ts'
import { retention } from './migrations/0025-retention.ts'
import { batching } from './migrations/0026-batching.ts'
import { replayDepth } from './migrations/0027-replay-depth.ts'
import { redactedEvents } from './migrations/0028-redacted-events.ts'
import { changes } from './migrations/0029-changes.ts'

export const migrations: readonly Migration[] = [
  initial,
  duties,
  apiKeyLife,
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
  retention,
  batching,
  replayDepth,
  redactedEvents,
  changes,
]
