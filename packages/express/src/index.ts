export { leadhooksExpress, type LeadhooksExpressOptions } from './leadhooks-express.ts'
export { type GuardedRequest, requireApiKey, type RequireApiKeyOptions } from './require-api-key.ts'
