import { UsageError } from './usage-error.ts'

export const secretHelp =
  '    --secret-env <name>  the variable that holds the signing secret: on the command line all users would see it; WEBHOOK_SECRET by default'
export const secretOption = { 'secret-env': { type: 'string', default: 'WEBHOOK_SECRET' } } as const

export function secretFrom(name: string): string {
  const secret = process.env[name]
  if (secret) return secret
  throw new UsageError(`The variable ${name} is empty: put the signing secret of the webhook (whsec_…) there`)
}
