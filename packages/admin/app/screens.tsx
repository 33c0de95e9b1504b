import {
  ApiKeyManager,
  type AuditFilters,
  AuditLogViewer,
  DeadLetters,
  type DeliveryFilters,
  EventCatalogue,
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
  { name: 'webhooks', title: 'webhooks.title', needs: 'read:webhooks', Content: Webhooks },
  { name: 'deliveries', title: 'deliveries.title', needs: 'read:deliveries', Content: Deliveries },
  { name: 'dead-letters', title: 'dead_letters.title', needs: 'read:deliveries', Content: GivenUp },
  { name: 'analytics', title: 'analytics.title', needs: 'read:analytics', Content: Analytics },
  { name: 'test', title: 'test.title', needs: 'write:webhooks', Content: () => <WebhookTestUtility /> },
  { name: 'keys', title: 'keys.title', needs: 'read:api-keys', Content: () => <ApiKeyManager /> },
  { name: 'events', title: 'events.title', needs: 'read:events', Content: Events },
  { name: 'audit', title: 'audit.title', needs: 'read:audit-log', Content: Audit },
]

function Overview({ open }: ScreenProps): ReactNode {
  function lead(target: OverviewTarget): void {
    open(target.screen, target.screen === 'deliveries' ? present(target.filters) : {})
  }
  return <WebhookOverview onOpen={lead} />
}

function Webhooks({ parameters, note }: ScreenProps): ReactNode {
  return <WebhookManager webhookId={parameters['open']} onWebhookChange={(open) => note(present({ open }))} />
}

function Deliveries({ parameters, note }: ScreenProps): ReactNode {
  const filters: DeliveryFilters = pick(parameters, ['webhookId', 'eventId', 'eventType', 'status'])
  const { open } = parameters
  return (
    <WebhookLogViewer
      filters={filters}
      onFiltersChange={(chosen) => note(present({ ...chosen, open }))}
      deliveryId={open}
      onDeliveryChange={(id) => note(present({ ...filters, open: id }))}
    />
  )
}

function GivenUp({ open }: ScreenProps): ReactNode {
  return <DeadLetters onSelect={(filters) => open('deliveries', present(filters))} />
}

function Analytics({ open }: ScreenProps): ReactNode {
  return <WebhookAnalyticsDashboard onSelect={(filters) => open('deliveries', present(filters))} />
}

function Events({ parameters, note }: ScreenProps): ReactNode {
  return (
    <EventCatalogue eventType={parameters['open']} onEventTypeChange={(open) => note(present({ open }))} />
  )
}

function Audit({ parameters, note }: ScreenProps): ReactNode {
  const filters: AuditFilters = pick(parameters, ['action', 'actorId', 'targetId'])
  return <AuditLogViewer filters={filters} onFiltersChange={(chosen) => note(present(chosen))} />
}

/** What an address says beside these is left out: the API would refuse it. */
function pick(parameters: Route['parameters'], names: readonly string[]): Route['parameters'] {
  return Object.fromEntries(names.flatMap((name) => (parameters[name] ? [[name, parameters[name]]] : [])))
}

/** In the order of their names, so that the same is always the same address. */
function present(values: object): Route['parameters'] {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '')
  given.sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]))
}
