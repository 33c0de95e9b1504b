'use client'
import type { Delivery } from '@leadhooks/client'
import { type Query, useQuery } from '../data/use-query.ts'
import { useLeadhooks } from '../leadhooks-context.ts'

/** Dead letters of a webhook that failed of the same. */
export interface CauseGroup {
  /** Tells groups of a webhook apart. */
  key: string
  count: number
  /** The newest of them. */
  newest: Delivery
}

export interface WebhookGroup {
  webhookId: string
  count: number
  causes: CauseGroup[]
}

export interface DeadLetterGroups {
  webhooks: WebhookGroup[]
  /** How many were looked at. */
  count: number
  /** Whether there are older ones, which were not. */
  hasMore: boolean
}

const most = 500
const page = 100

/** What failed for good and was not dealt with, by webhook and cause: of the newest five hundred. */
export function useDeadLetters(): Query<DeadLetterGroups> {
  const { client } = useLeadhooks()
  return useQuery(
    'deliveries/dead-letters',
    async (signal) => {
      const found: Delivery[] = []
      let cursor: string | undefined
      do {
        const filters = {
          status: 'dead_letter' as const,
          limit: page,
          ...(cursor !== undefined && { cursor }),
        }
        const { data, nextCursor } = await client.deliveries.list(filters, { signal })
        found.push(...data)
        cursor = nextCursor ?? undefined
      } while (cursor !== undefined && found.length < most)
      const open = found.filter(({ resolvedAt }) => resolvedAt === null)
      return { webhooks: groupByWebhook(open), count: open.length, hasMore: cursor !== undefined }
    },
    { refreshMs: 30_000 },
  )
}

/** The webhook with most of them first, and of each the most frequent cause. */
export function groupByWebhook(deliveries: readonly Delivery[]): WebhookGroup[] {
  return groupBy(deliveries, ({ webhookId }) => webhookId).map(([webhookId, rows]): WebhookGroup => {
    const causes = groupBy(rows, causeOf).flatMap(([key, [newest, ...older]]): CauseGroup[] =>
      newest === undefined ? [] : [{ key, count: 1 + older.length, newest }],
    )
    return { webhookId, count: rows.length, causes }
  })
}

/** The largest group first; within each, rows keep their order. */
function groupBy(rows: readonly Delivery[], keyOf: (row: Delivery) => string): [string, Delivery[]][] {
  const groups = new Map<string, Delivery[]>()
  for (const row of rows) {
    const key = keyOf(row)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  return [...groups].sort(([, a], [, b]) => b.length - a.length)
}

function causeOf({ reason, statusCode, failure }: Delivery): string {
  return [reason, statusCode ?? failure].join(' ')
}
