// Makes an API key for an organization: node src/create-key.ts acme
import { openDatabase } from './database.ts'
import { createCrmLeadhooks } from './leadhooks.ts'

const { DATABASE_PATH = './lead-crm.db', LEADHOOKS_ENCRYPTION_KEY } = process.env
const [organizationId = 'acme'] = process.argv.slice(2)

const database = openDatabase(DATABASE_PATH)
const leadhooks = createCrmLeadhooks(database, LEADHOOKS_ENCRYPTION_KEY)
await leadhooks.migrate()
const { token } = await leadhooks.apiKeys.create({ organizationId, name: 'First key' })
console.log(`An API key for the organization "${organizationId}", shown this once: ${token}`)
await leadhooks.close()
database.close()
