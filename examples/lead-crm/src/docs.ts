import express, { type Router } from 'express'
import swaggerUi from 'swagger-ui-dist'
import { describeApi } from './api-description.ts'
import type { CrmLeadhooks } from './leadhooks.ts'

/** `/openapi.json` describes the API; `/docs` shows it, with forms to try each request. Nothing comes from elsewhere. */
export function docs(leadhooks: CrmLeadhooks): Router {
  const router = express.Router()
  router.get('/openapi.json', async (_req, res) => {
    res.json(await describeApi(leadhooks))
  })
  router.get('/docs', (_req, res) => {
    res.type('html').send(page)
  })
  router.get('/docs/show.js', (_req, res) => {
    res.type('js').send(`SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true })`)
  })
  router.use('/docs', express.static(swaggerUi.absolutePath(), { index: false }))
  return router
}

const page = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>Lead CRM: the API</title>
  <link rel="stylesheet" href="/docs/swagger-ui.css">
  <script src="/docs/swagger-ui-bundle.js" defer></script>
  <script src="/docs/show.js" defer></script>
</head>
<body><div id="docs"></div></body>
</html>`
