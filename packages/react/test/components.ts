/** The components, by their names. */
export const components = [
  'ApiKeyManager',
  'WebhookManager',
  'WebhookLogViewer',
  'WebhookTestUtility',
  'WebhookAnalyticsDashboard',
  'WebhookOverview',
  'DeadLetters',
  'EventCatalogue',
  'AuditLogViewer',
  'WebhookApiManagement',
] as const
