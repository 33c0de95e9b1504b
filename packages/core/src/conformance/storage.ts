import { apiKeyCases } from './api-keys.ts'
import { auditCases } from './audit.ts'
import { bodyCases } from './bodies.ts'
import { backlogCases } from './backlog.ts'
import { bulkReplayCases } from './bulk-replays.ts'
import { changeCases } from './changes.ts'
import { claimCases } from './claims.ts'
import { claimsOfOneCases } from './claims-of-one.ts'
import type { ConformanceCase } from './conformance-case.ts'
import { dutyCases } from './duties.ts'
import { erasureCases } from './erasure.ts'
import { eventTypeCases } from './event-types.ts'
import { eventCases } from './events.ts'
import { expiryCases } from './expiry.ts'
import { isolationCases } from './isolation.ts'
import { leaseCases } from './leases.ts'
import { lifecycleCases } from './lifecycle.ts'
import { listCases } from './lists.ts'
import { operationCases } from './operations.ts'
import { orderingCases } from './ordering.ts'
import { organizationCases } from './organizations.ts'
import { recoveryCases } from './recoveries.ts'
import { requestCases } from './requests.ts'
import { retentionCases } from './retention.ts'
import { rollupCases } from './rollups.ts'
import { redactionCases } from './redaction.ts'
import { settlementCases } from './settlement.ts'
import { traceCases } from './traces.ts'
import { webhookCases } from './webhooks.ts'
import { throttleCases } from './throttles.ts'
import { webhookHealthCases } from './webhook-health.ts'
import { workerCases } from './workers.ts'

/** Every promise of the storage contract, as data: any test runner will do. */
export const storageConformance: readonly ConformanceCase[] = [
  ...lifecycleCases,
  ...organizationCases,
  ...apiKeyCases,
  ...webhookCases,
  ...webhookHealthCases,
  ...throttleCases,
  ...eventTypeCases,
  ...eventCases,
  ...redactionCases,
  ...erasureCases,
  ...claimCases,
  ...claimsOfOneCases,
  ...orderingCases,
  ...traceCases,
  ...leaseCases,
  ...bodyCases,
  ...settlementCases,
  ...operationCases,
  ...bulkReplayCases,
  ...recoveryCases,
  ...rollupCases,
  ...retentionCases,
  ...expiryCases,
  ...dutyCases,
  ...workerCases,
  ...changeCases,
  ...requestCases,
  ...backlogCases,
  ...auditCases,
  ...listCases,
  ...isolationCases,
]
