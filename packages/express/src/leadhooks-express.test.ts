import { createLeadhooks, memoryStorage } from '@leadhooks/core'
import { httpConformance, type HttpHost, type HttpHostOptions } from '@leadhooks/core/conformance'
import type { ErrorRequestHandler, Express, Request, RequestHandler, Router } from 'express'
import { afterEach, describe, expect, test } from 'vitest'
import { listen, versions } from '../test/listen.ts'
import { leadhooksExpress } from './leadhooks-express.ts'

const closing: HttpHost[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map((host) => host.close()))
})

/** Starts an app whose errors are answered as text with 599, and whatever nobody answered with 418. */
async function start(app: Express): Promise<string> {
  const onError: ErrorRequestHandler = (error: Error, _req, res, _next) =>
    void res.status(599).send(error.message)
  app.use((_req, res) => void res.status(418).send('host'))
  app.use(onError)
  const host = await listen(app)
  closing.push(host)
  return host.origin
}

function createTestLeadhooks() {
  const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }]
  return createLeadhooks({ storage: memoryStorage(), encryptionKeys })
}

const hook = JSON.stringify({ url: 'https://example.com/hooks' })
const post = {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
  body: hook,
}

function throwFault(): never {
  throw new Error('no session store')
}

describe.each(versions)('Express $version', ({ express }) => {
  const serve = ({ leadhooks, mount, parsesJson, authorize }: HttpHostOptions): Promise<HttpHost> => {
    const app = express()
    if (parsesJson) app.use(express.json())
    app.use(mount, leadhooksExpress(leadhooks, authorize && { authorize }))
    app.use((_req, res) => void res.status(418).send('host'))
    return listen(app)
  }

  for (const { name, run } of httpConformance) test(name, () => run(serve))

  test('the rule of the host gets the request as Express has it', async () => {
    const leadhooks = createTestLeadhooks()
    const signIn: RequestHandler = (req, _res, next) => {
      Object.assign(req, { user: { id: 'ada', organizationId: 'acme' } })
      next()
    }
    const authorize = (req: Request & { user?: { id: string; organizationId: string } }) =>
      req.user === undefined ? null : { actor: req.user.id, organizationId: req.user.organizationId }
    const app = express()
    app.use('/signed-in', signIn, leadhooksExpress(leadhooks, { authorize }))
    app.use('/signed-out', leadhooksExpress(leadhooks, { authorize }))
    const origin = await start(app)
    expect((await fetch(`${origin}/signed-in/webhooks`, post)).status).toBe(201)
    expect((await fetch(`${origin}/signed-out/webhooks`, post)).status).toBe(401)
    expect((await leadhooks.webhooks.list({ organizationId: 'acme' })).data).toHaveLength(1)
  })

  test.each([
    ['throws', (): never => throwFault()],
    ['rejects', async (): Promise<never> => throwFault()],
  ])('when that rule %s, the error handlers of the app get it', async (_, authorize) => {
    const app = express()
    app.use(leadhooksExpress(createTestLeadhooks(), { authorize }))
    const response = await fetch(`${await start(app)}/webhooks`, post)
    expect([response.status, await response.text()]).toEqual([599, 'no session store'])
  })

  test('a body that was read and not kept is an error of the app, which says what to do', async () => {
    const app = express()
    app.use((req, _res, next) => void req.resume().on('end', next))
    app.use(leadhooksExpress(createTestLeadhooks()))
    const response = await fetch(`${await start(app)}/webhooks`, post)
    expect(response.status).toBe(599)
    expect(await response.text()).toMatch(/mount Leadhooks before/)
  })

  test('it works behind routers in routers, with parameters in their paths', async () => {
    const leadhooks = createTestLeadhooks()
    const { token } = await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'x' })
    const [outer, inner]: [Router, Router] = [express.Router(), express.Router()]
    inner.use('/v1', leadhooksExpress(leadhooks))
    outer.use('/tenants/:tenant', inner)
    const app = express()
    app.use('/api', outer)
    const url = `${await start(app)}/api/tenants/%C3%BC%20x/v1`
    for (const path of ['/webhooks', '/webhooks/', '/webhooks?limit=1']) {
      const response = await fetch(url + path, { headers: { 'x-api-key': token } })
      expect(response.status).toBe(200)
    }
    const about: unknown = JSON.parse(await (await fetch(url)).text())
    expect(about).toMatchObject({ links: { openapi: '/api/tenants/%C3%BC%20x/v1/openapi.json' } })
  })

  test('what the app mounts beside it is reached, and what is in front of it stays in front', async () => {
    const app = express()
    app.get('/webhooks/mine', (_req, res) => void res.send('mine'))
    app.use(leadhooksExpress(createTestLeadhooks()))
    app.get('/other', (_req, res) => void res.send('other'))
    const origin = await start(app)
    expect(await (await fetch(`${origin}/webhooks/mine`)).text()).toBe('mine')
    expect(await (await fetch(`${origin}/other`)).text()).toBe('other')
    expect((await fetch(`${origin}/webhooks/yours`)).status).toBe(401)
  })

  test('behind a proxy that the app trusts, the request is known by its public protocol', async () => {
    const seen: string[] = []
    const app = express().set('trust proxy', true)
    const fetchAndTell = async (request: globalThis.Request) => {
      seen.push(request.url)
      return new Response('ok')
    }
    app.use('/api', leadhooksExpress({ fetch: fetchAndTell, hasRoute: () => true }))
    const origin = await start(app)
    await fetch(`${origin}/api/keys`, { headers: { 'x-forwarded-proto': 'https' } })
    expect(seen).toEqual([`${origin.replace('http:', 'https:')}/api/keys`])
  })
})
