import { leadhooksExpress } from '@leadhooks/express'
import type { Leadhooks } from '@leadhooks/core'
import express, { type Express } from 'express'
import { apiKeyRoutes } from './api-key-routes.ts'
import { logRoutes } from './log-routes.ts'
import { managementApi } from './management-api.ts'
import type { Crm } from './open-crm.ts'
import { type Page, pageRoutes } from './page.ts'
import { answerProblem, Problem } from './problem.ts'
import { recordRoutes } from './record-routes.ts'
import { type Resource, resources } from './records.ts'
import { authorize, sessionRoutes, sessions } from './session.ts'
import { webhookRoutes } from './webhook-routes.ts'

/** The CRM: its records, webhooks and API keys under `/api`, and the page of its users. */
export function createApp(crm: Crm, options: { sessionSecret: string; page: Page }): Express {
  const { records, users } = crm
  const leadhooks = crm.leadhooks as unknown as Leadhooks
  const call = managementApi(leadhooks)

  const app = express()
  app.disable('x-powered-by')
  app.use(sessions(options.sessionSecret))
  app.use('/api/session', sessionRoutes(users))
  for (const resource of Object.keys(resources) as Resource[])
    app.use(`/api/${resource}`, recordRoutes(resource, records, leadhooks))

  app.use('/api/webhooks', logRoutes(call), webhookRoutes(call))
  app.use('/api/api-keys', apiKeyRoutes(call))
  // Everything that Leadhooks has, in its own words: the components of the page use it.
  app.use('/api/v1', leadhooksExpress(leadhooks, { authorize }))
  app.get('/health', async (_req, res) => {
    const { status } = await leadhooks.health.ready()
    res.status(status === 'not_ready' ? 503 : 200).json({ success: status !== 'not_ready', data: { status } })
  })

  app.use(pageRoutes(options.page))
  app.use((req) => {
    throw new Problem(404, 'not_found', `There is nothing at ${req.method} ${req.path}`)
  })
  app.use(answerProblem)
  return app
}
