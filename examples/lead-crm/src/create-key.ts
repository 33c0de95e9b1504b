// Makes an API key for an organization: node src/create-key.ts acme
import { openCrm } from './open-crm.ts'

const [organizationId = 'acme'] = process.argv.slice(2)

const crm = openCrm(process.env)
await crm.migrate()
const { token } = await crm.leadhooks.apiKeys.create({ organizationId, name: 'First key' })
console.log(`An API key for the organization "${organizationId}", shown this once: ${token}`)
await crm.close()
