import { z } from 'zod'
import { attemptFailures, failureSentences } from '../model/attempt-failures.ts'

export const attemptFailure = z.enum(attemptFailures).meta({
  id: 'AttemptFailure',
  description: attemptFailures.map((failure) => `* \`${failure}\`: ${failureSentences[failure]}`).join('\n'),
})
