import type { Alerts } from './alerts/alerts.ts'
import type { ApiKeyCache } from './api-keys/api-key-cache.ts'
import type { TokenHashes } from './api-keys/token-hash.ts'
import type { UsageRecorder } from './api-keys/usage-recorder.ts'
import type { AuditChain } from './audit/audit-chain.ts'
import type { Clock } from './clock.ts'
import type { UnderWay } from './deliveries/under-way.ts'
import type { Encryption } from './encryption.ts'
import type { OperationalEvents } from './events/operational-events.ts'
import type { EventCatalogue } from './events/event-catalogue.ts'
import type { RegisteredTypes } from './events/registered-types.ts'
import type { Log } from './logging/log.ts'
import type { DeliveryChanges } from './live/delivery-changes.ts'
import type { AuditHead } from './model/audit-entry.ts'
import type { GuardedAgent } from './network/guarded-agent.ts'
import type { NetworkPolicy } from './network/network-policy.ts'
import type { Observation } from './observation.ts'
import type { Settings } from './options.ts'
import type { RateLimiter } from './rate-limit/rate-limiter.ts'
import type { Storage } from './storage/storage.ts'
import type { Tracing } from './tracing.ts'

/** What every feature works with: the first argument of its functions. */
export interface Context {
  storage: Storage
  encryption: Encryption
  auditChain: AuditChain
  onAuditHead: ((head: AuditHead) => void) | undefined
  /** The event types in code. */
  catalogue: EventCatalogue | undefined
  /** Those that were registered at run time. */
  registeredTypes: RegisteredTypes
  settings: Settings
  network: NetworkPolicy
  /** Dials for deliveries, and vets each address where it dials. */
  agent: GuardedAgent
  tokenHashes: TokenHashes
  apiKeyCache: ApiKeyCache
  apiKeyUsage: UsageRecorder
  rateLimiter: RateLimiter
  /** Where a request comes from, behind the proxies that are trusted. */
  clientAddress: (peer: string | undefined, forwardedFor: string | null) => string | undefined
  /** What its workers send at this moment, all of them together. */
  underWay: UnderWay
  clock: Clock
  /** The time to bind in storage calls: undefined unless the host gave a clock, so that the database's own counts. */
  storageTime: () => Date | undefined
  random: () => number
  logger: Log
  /** Undefined where nobody is to be told: then nothing need be put together. */
  observe: ((observation: Observation) => void) | undefined
  tracing: Tracing | undefined
  alerts: Alerts | undefined
  /** What becomes of deliveries, for those who follow them. */
  changes: DeliveryChanges
  operationalEvents: OperationalEvents | undefined
  /** Tells the workers of this process that something is due. */
  wake: () => void
}
