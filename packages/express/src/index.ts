export { leadhooksExpress, type LeadhooksExpressOptions } from './leadhooks-express.ts'
export { requireApiKey, type RequireApiKeyOptions } from './require-api-key.ts'
