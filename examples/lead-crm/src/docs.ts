import express, { type Router } from 'express'
import { describeApi } from './api-description.ts'
import type { CrmLeadhooks } from './leadhooks.ts'
import { otherNameOf } from './other-name.ts'

/** `/openapi.json` describes the whole API, the CRM's own routes too; `/docs` and `/redoc`, the pages of Leadhooks, show that. */
export function docs(leadhooks: CrmLeadhooks): Router {
  const router = express.Router()
  router.get('/openapi.json', async (_req, res) => {
    res.json(await describeApi(leadhooks))
  })
  router.get(/^\/(docs|redoc)(\/.*)?$/, (req, res, next) => otherNameOf(leadhooks, req.path)(req, res, next))
  return router
}
