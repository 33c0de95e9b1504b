export interface Page {
  text: string
  link: string
  /** What is there to find, for the list that language models read. */
  about: string
}

export interface Chapter {
  text: string
  items: Page[]
}

const page = (link: string, text: string, about: string): Page => ({ text, link, about })

/** Every page of the docs, in the order of the sidebar. */
export const chapters: Chapter[] = [
  {
    text: 'Start',
    items: [
      page(
        '/quickstart',
        'Quickstart',
        'from an empty folder to a delivered, verified webhook, with Express and with Fastify',
      ),
      page('/concepts', 'Concepts', 'the words, and what happens to an event'),
      page('/frameworks', 'Frameworks', 'Hono, Next.js, node:http and others'),
      page(
        '/transactions',
        'Transactions',
        'dispatching in an open transaction of pg, Kysely, Drizzle, Knex, Prisma, TypeORM, postgres.js',
      ),
      page('/admin-ui', 'Admin UI', 'the screens, mounted in one line'),
      page('/api-reference', 'API reference', 'OpenAPI 3.1, /docs and /redoc'),
      page(
        '/migrating',
        'Coming from your own',
        'moving from webhooks written by hand, customer by customer',
      ),
      page('/requirements', 'What was asked for', 'each requirement with its code, test and page'),
      page('/comparison', 'Comparison', 'Svix, Convoy, Outpost, Hook0, job queues, better-auth, Unkey'),
    ],
  },
  {
    text: 'Webhooks',
    items: [
      page('/event-types', 'Event types', 'in code and at run time, with schemas'),
      page('/event-filters', 'Which events one gets', 'types, channels, filters on the data'),
      page('/payload-shaping', 'What requests carry', 'formats, mappings, a function of the host'),
      page('/ordering', 'Events in order', 'orderingKey and ordered webhooks'),
      page('/batching', 'Batches', 'several events by one signed request'),
      page(
        '/failing-receivers',
        'When a receiver fails',
        'circuits, throttles, maintenance, replays, test sends, authentication, rotation',
      ),
      page('/delivery-states', 'What a delivery goes through', 'every status and every arrow'),
      page('/alerts', 'Alerts', 'operational events, Slack, mail'),
      page('/network', 'The network', 'inside addresses, proxies, certificates'),
      page('/receiving', 'Receiving', 'for the customers: headers, verifying, what an answer means'),
      page('/retention', 'Retention', 'how long deliveries, events and the rest are kept'),
      page('/live-stream', 'The live stream', 'what becomes of deliveries, as it happens'),
      page('/erasure', 'Removing data', 'redaction, erasure of an organization'),
    ],
  },
  {
    text: 'API keys',
    items: [
      page('/api-keys', 'API keys', 'tokens, permissions, rotation, allow-lists'),
      page('/rate-limits', 'Rate limits', 'per key and organization, in memory, Redis or Postgres'),
      page('/audit-log', 'Audit log', 'who changed what, chained'),
      page('/idempotency', 'Sending a request once more', 'Idempotency-Key'),
      page('/errors', 'Errors', 'every code, with its status'),
    ],
  },
  {
    text: 'Operations',
    items: [
      page('/security', 'Security model', 'what is protected, from whom, and by what'),
      page('/operations/', 'Operations', 'an overview'),
      page('/running-workers', 'Workers', 'where they run, how they stop'),
      page('/monitoring', 'Monitoring', 'Prometheus, a dashboard, alerts and what to do'),
      page('/tracing', 'Traces', 'OpenTelemetry'),
      page('/logging', 'Logs', 'every line and its fields'),
      page('/analytics', 'Analytics', 'figures from rollups'),
      page('/deployment', 'Deployment', 'Docker Compose, systemd, Kubernetes, cloud platforms'),
      page('/operations/sizing', 'Sizing', 'disk, workers, connections'),
      page('/operations/backup-and-restore', 'Backup and restore', 'and what goes out twice'),
      page('/operations/upgrades', 'Upgrades', 'migrations, encryption keys'),
      page('/reliability', 'Reliability', 'what is promised when things break, and how it is shown'),
      page('/benchmarks', 'Benchmarks', 'beside job queues and loops by hand'),
    ],
  },
]
