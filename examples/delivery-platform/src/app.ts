import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { createCallers } from './callers.ts'
import { deadLetterRoutes } from './dead-letter-routes.ts'
import { eventRoutes } from './event-routes.ts'
import type { Platform } from './open-platform.ts'
import { answerRefusals } from './refusal.ts'
import { tenantRoutes } from './tenant-routes.ts'

export interface AppOptions {
  adminToken: string | undefined
  logger: FastifyServerOptions['logger']
}

/** The API of the platform. It sends nothing itself: workers do. */
export async function createApp(
  platform: Platform,
  { adminToken, logger }: AppOptions,
): Promise<FastifyInstance> {
  const { leadhooks, tenants, metrics } = platform
  const callers = createCallers(leadhooks, adminToken)
  const app = fastify({ logger: logger ?? false })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  answerRefusals(app)

  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Webhook Delivery Platform', version: '1.0.0' } },
    transform: jsonSchemaTransform,
  })
  await app.register(swaggerUi, { routePrefix: '/docs' })
  await app.register(tenantRoutes({ leadhooks, tenants, callers }), { prefix: '/api/v1/tenants' })
  await app.register(eventRoutes(leadhooks, callers), { prefix: '/api/v1/events' })
  await app.register(deadLetterRoutes(leadhooks, callers), { prefix: '/api/v1/dlq' })

  app.get('/health', async (_request, reply) => {
    const { status, checks } = await leadhooks.health.ready()
    const parts = Object.fromEntries(checks.map((one) => [one.check, one.status]))
    return reply.code(status === 'not_ready' ? 503 : 200).send({ status, checks: parts })
  })
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    return reply.type(metrics.contentType).send(await metrics.metrics())
  })
  return app
}
