export { leadhooksFastify, type LeadhooksFastifyOptions } from './leadhooks-fastify.ts'
export { requireApiKey, type RequireApiKeyOptions } from './require-api-key.ts'
export { requireApiKeyPlugin, type RequireApiKeyPluginOptions } from './require-api-key-plugin.ts'
