'use client'
import { type ReactNode, useState } from 'react'
import { WebhookAnalyticsDashboard } from './analytics/webhook-analytics-dashboard.tsx'
import { ApiKeyManager } from './api-keys/api-key-manager.tsx'
import type { DeliveryFilters } from './deliveries/use-deliveries.ts'
import { WebhookLogViewer } from './deliveries/webhook-log-viewer.tsx'
import { useLeadhooks } from './leadhooks-context.ts'
import { type ComponentProps, Frame } from './parts/frame.tsx'
import { Tabs } from './parts/tabs.tsx'
import { WebhookManager } from './webhooks/webhook-manager.tsx'
import { WebhookTestUtility } from './webhooks/webhook-test-utility.tsx'

export type ManagementTab = 'webhooks' | 'deliveries' | 'analytics' | 'test' | 'keys'

export interface WebhookApiManagementProps extends ComponentProps {
  /** The tab that is open at first. @default the first one */
  tab?: ManagementTab | undefined
  /** Told when another tab is opened; for the address of a page. */
  onTabChange?: ((tab: ManagementTab) => void) | undefined
}

/** All components, in tabs. Those whose permission is missing are left out. */
export function WebhookApiManagement({ tab, onTabChange, ...props }: WebhookApiManagementProps): ReactNode {
  return (
    <Frame {...props}>
      <Management tab={tab} onTabChange={onTabChange} />
    </Frame>
  )
}

function Management({ tab, onTabChange }: Pick<WebhookApiManagementProps, 'tab' | 'onTabChange'>): ReactNode {
  const { t, can } = useLeadhooks()
  const [open, setOpen] = useState(tab)
  // What was chosen in the analytics is what the log begins with.
  const [filters, setFilters] = useState<DeliveryFilters>({})
  const tabs = [
    { id: 'webhooks', needs: 'read:webhooks', label: t('webhooks.title'), content: <WebhookManager /> },
    {
      id: 'deliveries',
      needs: 'read:deliveries',
      label: t('deliveries.title'),
      content: <WebhookLogViewer filters={filters} onFiltersChange={setFilters} />,
    },
    {
      id: 'analytics',
      needs: 'read:analytics',
      label: t('analytics.title'),
      content: <WebhookAnalyticsDashboard onSelect={showLog} />,
    },
    { id: 'test', needs: 'write:webhooks', label: t('test.title'), content: <WebhookTestUtility /> },
    { id: 'keys', needs: 'read:api-keys', label: t('keys.title'), content: <ApiKeyManager /> },
  ] satisfies ({ id: ManagementTab; needs: string } & Record<string, unknown>)[]

  function showLog(chosen: DeliveryFilters): void {
    setFilters(chosen)
    select('deliveries')
  }

  function select(id: ManagementTab): void {
    setOpen(id)
    onTabChange?.(id)
  }

  return (
    <div className="lh-panel">
      <Tabs
        label={t('management')}
        tabs={tabs.filter(({ needs }) => can(needs))}
        selected={open}
        onSelect={select}
      />
    </div>
  )
}
