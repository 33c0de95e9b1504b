'use client'
export { ApiKeyManager } from './api-keys/api-key-manager.tsx'
export {
  type ApiKeyActions,
  type ApiKeyFilters,
  useApiKeyActions,
  useApiKeys,
  useApiKeyUsage,
} from './api-keys/use-api-keys.ts'
export { WebhookManager, type WebhookManagerProps } from './webhooks/webhook-manager.tsx'
export { WebhookTestUtility, type WebhookTestUtilityProps } from './webhooks/webhook-test-utility.tsx'
export {
  useEventTypes,
  useRevealSecret,
  useWebhook,
  useWebhookActions,
  useWebhookHealth,
  useWebhooks,
  useWebhookTest,
  type WebhookActions,
} from './webhooks/use-webhooks.ts'
export { WebhookLogViewer, type WebhookLogViewerProps } from './deliveries/webhook-log-viewer.tsx'
export {
  type DeliveryActions,
  type DeliveryFilters,
  type LiveDeliveries,
  useBulkReplay,
  useBulkReplayActions,
  useDeliveries,
  useDelivery,
  useDeliveryBody,
  useDeliveryActions,
  useEvent,
  useReplayMany,
} from './deliveries/use-deliveries.ts'
export {
  WebhookAnalyticsDashboard,
  type WebhookAnalyticsDashboardProps,
} from './analytics/webhook-analytics-dashboard.tsx'
export {
  type AnalyticsFilters,
  useAnalytics,
  useAnalyticsByEventType,
  useAnalyticsByWebhook,
  useAnalyticsErrors,
  useAnalyticsTimeSeries,
} from './analytics/use-analytics.ts'
export { DeadLetters, type DeadLettersProps } from './deliveries/dead-letters.tsx'
export { EventCatalogue, type EventCatalogueProps } from './events/event-catalogue.tsx'
export { AuditLogViewer, type AuditLogViewerProps } from './audit/audit-log-viewer.tsx'
export { type AuditFilters, useAuditLog } from './audit/use-audit-log.ts'
export { WebhookOverview, type WebhookOverviewProps } from './overview/webhook-overview.tsx'
export type { OverviewTarget } from './overview/overview-target.ts'
export {
  type ManagementTab,
  WebhookApiManagement,
  type WebhookApiManagementProps,
} from './webhook-api-management.tsx'
export { LeadhooksProvider } from './leadhooks-provider.tsx'
export { type LeadhooksContext, type LeadhooksProps, useLeadhooks } from './leadhooks-context.ts'
export type { ComponentProps } from './parts/frame.tsx'
export type { Answer } from './data/cache.ts'
export type { Query } from './data/use-query.ts'
export type { Pages } from './data/use-pages.ts'
export type { Action } from './data/use-action.ts'
export { en } from './messages/en.ts'
export type { Message, MessageKey, Messages, Translate } from './messages/translate.ts'
