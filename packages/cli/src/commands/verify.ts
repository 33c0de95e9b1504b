import { isSignatureError, verifySignature } from '@leadhooks/verify-signature'
import type { BareCommand } from '../command.ts'
import { print, printStatus } from '../print.ts'
import { readText } from '../read-text.ts'
import { secretFrom, secretHelp, secretOption } from '../secret-from-environment.ts'
import { required } from '../values.ts'

export const verify: BareCommand = {
  summary: 'Checks the signature of a request that was received; exits with 1 when it is wrong',
  optionsHelp: [
    secretHelp,
    '    --id <id>         the header webhook-id',
    '    --timestamp <s>   the header webhook-timestamp',
    '    --signature <v>   the header webhook-signature',
    '    --body <text>     the body, byte for byte: as it is, @file, or - for what comes by a pipe (the default)',
    '    --any-age         also where the timestamp is older than five minutes',
  ],
  options: {
    ...secretOption,
    id: { type: 'string' },
    timestamp: { type: 'string' },
    signature: { type: 'string' },
    body: { type: 'string', default: '-' },
    'any-age': { type: 'boolean' },
  },
  prepareBare: (values) => {
    const secret = secretFrom(required(values, 'secret-env'))
    const headers = {
      'webhook-id': required(values, 'id'),
      'webhook-timestamp': required(values, 'timestamp'),
      'webhook-signature': required(values, 'signature'),
    }
    const age = values['any-age'] === true ? { toleranceSeconds: Number.MAX_SAFE_INTEGER } : {}
    return async () => {
      const payload = await readText('--body', required(values, 'body'))
      try {
        verifySignature({ payload, headers, secret, ...age })
        print('The signature is right')
        return 0
      } catch (error) {
        if (!isSignatureError(error)) throw error
        printStatus(`${error.code}: ${error.message}`)
        return 1
      }
    }
  },
}
