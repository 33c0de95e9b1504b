import {
  ApiKeyManager,
  type DeliveryFilters,
  type MessageKey,
  type OverviewTarget,
  WebhookAnalyticsDashboard,
  WebhookLogViewer,
  WebhookManager,
  WebhookOverview,
  WebhookTestUtility,
} from '@leadhooks/react'
import type { ReactNode } from 'react'
import type { Route } from './router.ts'

export interface ScreenProps {
  parameters: Route['parameters']
  open: (screen: string, parameters?: Route['parameters']) => void
  /** Writes what the screen shows into the address. */
  note: (parameters: Route['parameters']) => void
}

interface Screen {
  /** As in the address. */
  name: string
  title: MessageKey
  /** Without this permission it is not in the menu; the API refuses what it would show. */
  needs: string
  Content: (props: ScreenProps) => ReactNode
}

export const screens: readonly Screen[] = [
  { name: 'overview', title: 'overview.title', needs: 'read:analytics', Content: Overview },
  { name: 'webhooks', title: 'webhooks.title', needs: 'read:webhooks', Content: () => <WebhookManager /> },
  { name: 'deliveries', title: 'deliveries.title', needs: 'read:deliveries', Content: Deliveries },
  { name: 'analytics', title: 'analytics.title', needs: 'read:analytics', Content: Analytics },
  { name: 'test', title: 'test.title', needs: 'write:webhooks', Content: () => <WebhookTestUtility /> },
  { name: 'keys', title: 'keys.title', needs: 'read:api-keys', Content: () => <ApiKeyManager /> },
]

function Overview({ open }: ScreenProps): ReactNode {
  function lead(target: OverviewTarget): void {
    open(target.screen, target.screen === 'deliveries' ? asParameters(target.filters) : {})
  }
  return <WebhookOverview onOpen={lead} />
}

function Deliveries({ parameters, note }: ScreenProps): ReactNode {
  return (
    <WebhookLogViewer
      filters={asFilters(parameters)}
      onFiltersChange={(filters) => note(asParameters(filters))}
    />
  )
}

function Analytics({ open }: ScreenProps): ReactNode {
  return <WebhookAnalyticsDashboard onSelect={(filters) => open('deliveries', asParameters(filters))} />
}

const filterNames = ['webhookId', 'eventId', 'eventType', 'status'] as const

/** What an address says beside these is left out: the API would refuse it. */
function asFilters(parameters: Route['parameters']): DeliveryFilters {
  return Object.fromEntries(
    filterNames.filter((name) => parameters[name]).map((name) => [name, parameters[name]]),
  )
}

function asParameters(filters: DeliveryFilters): Route['parameters'] {
  return Object.fromEntries(
    filterNames.flatMap((name) => {
      const value = filters[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
