// Making one
export { secretScanningRules, type SecretScanningRules } from './api-keys/secret-scanning.ts'
export { githubLeakReports, type GithubLeakReportsOptions } from './http/github-leak-reports.ts'
export { createLeadhooks } from './create-leadhooks.ts'
export { defineEvents } from './events/event-catalogue.ts'
export { memoryStorage } from './storage/memory-storage.ts'
export { memoryRateLimiter, type MemoryRateLimiter, toDecision } from './rate-limit/memory-rate-limiter.ts'
export { checkCost } from './rate-limit/check-cost.ts'
export { slideWindow, type WindowCounts } from './rate-limit/sliding-window.ts'
export { drawTokens, type FullAt } from './rate-limit/token-bucket.ts'
export { slackAlerts, type SlackAlertsOptions } from './alerts/slack-alerts.ts'
export { emailAlerts, type EmailAlertsOptions } from './alerts/email-alerts.ts'
export { webhookAlerts, type WebhookAlertsOptions } from './alerts/webhook-alerts.ts'
export type { Alert } from './alerts/alert.ts'
export type { AlertChannel } from './alerts/alert-channel.ts'
export type { Leadhooks, NewEventOf, NewEventOfAnyType } from './leadhooks.ts'
export type {
  ApiKeyOptions,
  DeliveryOptions,
  LeadhooksOptions,
  RateLimitOptions,
  RetentionOptions,
} from './options.ts'
export type { LegacyKeys } from './api-keys/legacy-keys.ts'
export type { Pepper } from './api-keys/token-hash.ts'
export type { EncryptionKey } from './encryption.ts'
export type { EventCatalogue, EventData, EventDefinition } from './events/event-catalogue.ts'
export type { NetworkOptions } from './network/network-policy.ts'
export type { BodyLimits } from './events/serialize-body.ts'
export type { Clock } from './clock.ts'
export type {
  DispatchOutcome,
  OpenSpan,
  TracedAttempt,
  TracedEvent,
  TracedOutcome,
  Tracing,
} from './tracing.ts'
export type { Logger } from './logging/log.ts'
export type { Observation, Observer, OperationalEvent, OperationalEventType } from './observation.ts'

// What its methods take and answer
export type { ByEventTypeInput, EventTypeAnalytics } from './analytics/by-event-type.ts'
export type { ByWebhookInput, WebhookAnalytics } from './analytics/by-webhook.ts'
export type { AnalyticsErrors, DeadLetterCause, FailureCause } from './analytics/errors.ts'
export type { Figures } from './analytics/figures.ts'
export type { RebuildInput } from './analytics/keep-rollups.ts'
export type { AnalyticsInput, AnalyticsSummary, WebhookNumbers } from './analytics/summary.ts'
export type { AnalyticsPoint, AnalyticsTimeSeries, TimeSeriesInput } from './analytics/time-series.ts'
export type { Forecast, StatusEvidence, StatusReason, WebhookStatus } from './analytics/webhook-status.ts'
export type { CreateApiKeyInput } from './api-keys/create-api-key.ts'
export type { ListApiKeysInput } from './api-keys/list-api-keys.ts'
export type { ApiKeyUsage, ApiKeyUsageInput, ApiKeyUsagePoint } from './api-keys/read-usage.ts'
export type { RevokeApiKeyInput, RevokeApiKeysInput } from './api-keys/revoke-api-key.ts'
export type { LeakPolicy, LeakReport } from './api-keys/report-leak.ts'
export type { RotateApiKeyInput } from './api-keys/rotate-api-key.ts'
export type { UpdateApiKeyInput } from './api-keys/update-api-key.ts'
export type { Verification, VerifyOptions } from './api-keys/verify-api-key.ts'
export type { ListDeliveriesInput } from './deliveries/list-deliveries.ts'
export type { DeliveryBody } from './deliveries/read-body.ts'
export type { ListBulkReplaysInput, ReplayManyInput } from './deliveries/replay-many.ts'
export type { ReplayManyResult } from './deliveries/start-bulk-replay.ts'
export type { StopOptions, Worker } from './deliveries/worker.ts'
export type { Dispatched, DispatchInput } from './events/dispatch-event.ts'
export type { EventType, ListTypesInput } from './events/event-types.ts'
export type { DeleteTypeInput, RegisterTypeInput, UpdateTypeInput } from './events/register-type.ts'
export type { RedactEventInput } from './events/redact-event.ts'
export type { GetEventInput, ListEventsInput } from './events/list-events.ts'
export type { AuthorizedCaller, FetchOptions } from './http/caller.ts'
export type { Readiness } from './health.ts'
export type { DeliveryChange } from './live/delivery-change.ts'
export type { StreamDeliveriesInput } from './live/live-streams.ts'
export type { MigrateOptions } from './migrate.ts'
export type { DeleteOrganizationInput } from './erase-organization.ts'
export type { MaintenanceOptions, MaintenanceReport } from './retention/run-maintenance.ts'
export type { Removed } from './retention/removed.ts'
export type { UpsertOrganizationInput } from './organizations.ts'
export type { List, ListInput } from './pages.ts'
export type { CreateWebhookInput } from './webhooks/create-webhook.ts'
export type { ListWebhooksInput } from './webhooks/list-webhooks.ts'
export type { RequestTimings, TracedResponse } from './deliveries/send-traced.ts'
export type { Shape, ShapeInput } from './webhooks/shape.ts'
export type { SentRequest, TestWebhookInput, WebhookTest } from './webhooks/test-webhook.ts'
export type { DisableWebhookInput, EnableWebhookInput } from './webhooks/switch-webhook.ts'
export type { UpdateWebhookInput } from './webhooks/update-webhook.ts'
export type { VerifyWebhookInput, WebhookVerification } from './webhooks/verify-url.ts'

export type { ListAuditInput, ShownAuditEntry } from './audit/list-audit.ts'
export type { AuditFault, AuditVerification, VerifyAuditInput } from './audit/verify-audit.ts'
export type { DeleteWebhookInput } from './webhooks/delete-webhook.ts'
export type { PublicJwk, PublicKeysInput } from './webhooks/public-keys.ts'
export type { WebhookHealthReport } from './webhooks/read-health.ts'
export type { RecoverWebhookInput } from './webhooks/recover-webhook.ts'
export type { RevealSecretInput } from './webhooks/reveal-secret.ts'
export type { RotateSecretInput } from './webhooks/rotate-secret.ts'

// The things themselves
export type { Actor } from './model/actor.ts'
export type { AuditAction, AuditEntry, AuditHead } from './model/audit-entry.ts'
export type { ApiKey, Environment, Role } from './model/api-key.ts'
export type { ApiKeyOutcome, UsageInterval } from './model/api-key-usage.ts'
export type { Attempt, AttemptBatch, AttemptOutcome } from './model/attempt.ts'
export { type AttemptFailure, failureSentences } from './model/attempt-failures.ts'
export type {
  BulkReplay,
  BulkReplayKind,
  BulkReplayStatus,
  ReplayableStatus,
  ReplayFilter,
} from './model/bulk-replay.ts'
export type { CancelReason, DeadLetterReason, Delivery, DeliveryStatus } from './model/delivery.ts'
export type { LeadhooksEvent } from './model/event.ts'
export type { Organization } from './model/organization.ts'
export type { RateLimit, RateLimitAlgorithm } from './model/rate-limit.ts'
export type { DaysKept, Retention } from './model/retention.ts'
export type { RetryPolicy, RetryPolicyName } from './model/retry-policy.ts'
export type {
  AuthenticationType,
  AutoDisablePolicy,
  BatchSettings,
  BodySignature,
  CircuitPolicy,
  CircuitState,
  DisabledReason,
  MaintenanceWindow,
  PayloadFormat,
  Throttle,
  WaitReason,
  Webhook,
} from './model/webhook.ts'
export type { WorkerStatus } from './model/worker-status.ts'
export type { ApiKeyWatch, Backlog, Diagnosis, PendingMigration, Scoped, Storage } from './storage/storage.ts'
export type { ApiKeyChanges } from './api-keys/api-key-changes.ts'

// Rate limits
export type {
  Consumption,
  LimitCheck,
  LimitDecision,
  LimitState,
  RateLimiter,
} from './rate-limit/rate-limiter.ts'

// Errors
export { type ErrorCode, isLeadhooksError, type Issue, LeadhooksError } from './errors.ts'
