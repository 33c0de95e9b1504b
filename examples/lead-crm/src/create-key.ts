// Makes an API key for an organization: node src/create-key.ts acme
import { openCrm } from './open-crm.ts'
import { start } from './start.ts'

const [organizationId = 'acme'] = process.argv.slice(2)

await start(async () => {
  const crm = openCrm(process.env)
  await crm.migrate()
  await crm.leadhooks.organizations.upsert({ id: organizationId })
  // A customer's first key may make others: at `POST /api/v1/keys`.
  const { token } = await crm.leadhooks.apiKeys.create({ organizationId, name: 'First key', role: 'admin' })
  console.log(`An API key for the organization "${organizationId}", shown this once: ${token}`)
  await crm.close()
})
