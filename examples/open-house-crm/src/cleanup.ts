// Cleans up, by hand or once a day: npm run cleanup
import { runCommand } from './command.ts'
import { revokeExpiredKeys } from './revoke-expired-keys.ts'

await runCommand(async (crm) => {
  console.log(`${await revokeExpiredKeys(crm.leadhooks)} expired API keys were revoked`)
  await crm.close()
})
