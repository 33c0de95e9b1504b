import { sendResponse, toRequest } from '@leadhooks/core/node-http'
import { openBrowser } from '@leadhooks/test-services/browser'
import express from 'express'
import fastify from 'fastify'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leadhooksAdmin as adminExpress } from '../src/express.ts'
import { leadhooksAdmin as adminFastify } from '../src/fastify.ts'
import { leadhooksAdmin } from '../src/index.ts'
import { actorOf, type Host, listen, openLeadhooks, proxy, watch } from './stage.ts'

type Leadhooks = Awaited<ReturnType<typeof openLeadhooks>>
type Serve = (leadhooks: Leadhooks, mount: string) => Promise<Host>

const hosts: Record<string, Serve> = {
  'a fetch handler': (leadhooks) => {
    const admin = leadhooksAdmin(leadhooks, { authorize: ({ headers }) => actorOf(headers.get('cookie')) })
    return listen((incoming, outgoing) => {
      void admin(toRequest(incoming, outgoing)).then((response) => sendResponse(response, outgoing))
    })
  },
  'Express, behind a parser': (leadhooks, mount) => {
    const app = express()
    app.use(express.json())
    app.use(mount, adminExpress(leadhooks, { authorize: (req) => actorOf(req.headers.cookie) }))
    return listen(app)
  },
  Fastify: async (leadhooks, mount) => {
    const app = fastify()
    const authorize = (request: { headers: { cookie?: string | undefined } }) =>
      actorOf(request.headers.cookie)
    await app.register(adminFastify, { leadhooks, authorize, prefix: mount })
    const origin = await app.listen({ port: 0, host: '127.0.0.1' })
    return {
      origin,
      async close() {
        app.server.closeAllConnections()
        await app.close()
      },
    }
  },
}

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

/** Opens the screens at an address, and registers a webhook there. */
async function use(origin: string, path: string): Promise<string[]> {
  const complaints: string[] = []
  const context = await browser.newContext()
  await context.addCookies([{ name: 'role', value: 'admin', url: origin }])
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  watch(page, origin, complaints)
  await page.goto(origin + path)
  await page.getByRole('link', { name: 'Webhooks', exact: true }).click()
  await page.getByRole('button', { name: 'Add webhook' }).first().click()
  await page.getByLabel('URL').fill('http://127.0.0.1:19009/hooks')
  await page.getByRole('dialog').getByRole('button', { name: 'Add webhook' }).click()
  await page.getByRole('alertdialog').waitFor()
  await context.close()
  return complaints
}

describe.each(Object.keys(hosts))('%s', (name) => {
  test.each(['/', '/a', '/a/b/c'])('mounted at %s', async (mount) => {
    const leadhooks = await openLeadhooks()
    const host = await (hosts[name] as Serve)(leadhooks, mount)
    try {
      expect(await use(host.origin, mount)).toEqual([])
      const { data } = await leadhooks.webhooks.list({ organizationId: 'acme' })
      expect(data).toHaveLength(1)
    } finally {
      await host.close()
      await leadhooks.close()
    }
  })

  test('behind a proxy that cuts the prefix off, where the mount is asked for without its slash too', async () => {
    const leadhooks = await openLeadhooks()
    const host = await (hosts[name] as Serve)(leadhooks, '/tools')
    const front = await proxy('/public/crm', host.origin)
    try {
      expect(await use(front.origin, '/public/crm/tools/')).toEqual([])
      expect(await use(front.origin, '/public/crm/tools')).toEqual([])
    } finally {
      await front.close()
      await host.close()
      await leadhooks.close()
    }
  })
})

test('what is not ours goes on to the app', async () => {
  const leadhooks = await openLeadhooks()
  const app = express()
  app.use('/admin', adminExpress(leadhooks, { authorize: () => null }))
  app.use((_req, res) => void res.status(418).end())
  const host = await listen(app)
  expect((await fetch(`${host.origin}/admin/other`)).status).toBe(418)
  expect((await fetch(`${host.origin}/admin/`)).status).toBe(403)
  await host.close()
  await leadhooks.close()
})

test('what the rule of the host throws goes to the error handlers of the app', async () => {
  const leadhooks = await openLeadhooks()
  const app = express()
  const authorize = (): never => {
    throw Object.assign(new Error('The session store is gone'), { status: 503 })
  }
  app.use('/admin', adminExpress(leadhooks, { authorize }))
  const host = await listen(app)
  expect((await fetch(`${host.origin}/admin/-/session`)).status).toBe(503)
  await host.close()
  await leadhooks.close()
})
