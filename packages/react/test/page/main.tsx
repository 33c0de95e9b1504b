import { createLeadhooksClient } from '@leadhooks/client'
import { StrictMode, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import {
  ApiKeyManager,
  AuditLogViewer,
  DeadLetters,
  EventCatalogue,
  LeadhooksProvider,
  WebhookAnalyticsDashboard,
  WebhookApiManagement,
  WebhookLogViewer,
  WebhookManager,
  WebhookOverview,
  WebhookTestUtility,
} from '../../src/index.ts'
import { de } from '../../src/messages/de.ts'

// What a host's page would be: it mounts the component that the address names.
const {
  component = '',
  theme,
  locale,
  permissions,
  ...props
} = Object.fromEntries(new URLSearchParams(location.search))
const components = {
  ApiKeyManager,
  WebhookManager,
  WebhookLogViewer,
  WebhookTestUtility,
  WebhookAnalyticsDashboard,
  WebhookOverview,
  DeadLetters,
  EventCatalogue,
  AuditLogViewer,
  WebhookApiManagement,
}
const Component = components[component as 'ApiKeyManager'] as (props: Record<string, unknown>) => ReactNode
const reports: unknown[] = []
Object.assign(globalThis, { reports })

createRoot(document.querySelector('#root') ?? document.body).render(
  <StrictMode>
    <LeadhooksProvider
      client={createLeadhooksClient({ baseUrl: '/api/v1' })}
      locale={locale ?? 'en-GB'}
      messages={locale === 'de' ? de : undefined}
      theme={theme as 'light'}
      permissions={permissions?.split(' ')}
    >
      <Component {...props} onTestComplete={(result: unknown) => reports.push(result)} />
    </LeadhooksProvider>
  </StrictMode>,
)
