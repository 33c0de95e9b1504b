// Makes a user: node src/create-user.ts ada@example.com acme. The password is asked of the environment, or made.
import { randomBytes } from 'node:crypto'
import { runCommand } from './command.ts'

const [email = 'ada@example.com', organizationId = 'acme'] = process.argv.slice(2)
const password = process.env['PASSWORD'] ?? randomBytes(9).toString('base64url')

await runCommand(async (crm) => {
  await crm.leadhooks.organizations.upsert({ id: organizationId })
  await crm.users.create({ email, organizationId, isAdmin: true }, password)
  console.log(`${email} may sign in for the organization "${organizationId}", with the password ${password}`)
  await crm.close()
})
