import { type Issue, LeadhooksError } from '../errors.ts'
import { describeIssues, pointer } from '../input.ts'

const maxHeaders = 20
const maxBytes = 4096

/** Headers that are not the customer's to set, and why. The first line that a name matches counts. */
const forbidden: readonly (readonly [RegExp, string])[] = [
  // RFC 9110, 7.6.1 and RFC 9112, 6: a second opinion on where a message ends smuggles another one in behind it.
  [
    /^(host|content-length|transfer-encoding|connection|te|trailer|upgrade|expect|keep-alive|http2-settings|proxy-.*)$/,
    'is set by the connection itself',
  ],
  [/^(content-type|content-encoding|accept-encoding|user-agent)$/, 'is set by Leadhooks'],
  [/^trace(parent|state)$/, 'is set by Leadhooks, where the webhook has `traceContext`'],
  [/^(x-)?webhook-/, 'is set by Leadhooks: receivers check deliveries by these'],
  // Without their header the metadata services of clouds answer nobody, so that none may come from a customer.
  [
    /^(metadata($|-)|x-(aws-ec2|aliyun-ecs|google)-metadata-|x-metadata-token$|x-identity-header$)/,
    'is one that metadata services of clouds ask for',
  ],
]

// RFC 9110, 5.6.2 and 5.5.
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/

/**
 * Checks the headers that a webhook adds to its requests.
 *
 * Throws `invalid_request` that names every header that is wrong. Values stay out of the messages: they are credentials.
 */
export function checkCustomHeaders(headers: Readonly<Record<string, string>>): void {
  const issues = Object.entries(headers).flatMap(([name, value]) => {
    const problem = findProblem(name, value)
    return problem === null ? [] : [{ pointer: `/headers${pointer([name])}`, message: problem }]
  })
  issues.push(...findExcess(headers))
  if (issues.length > 0) throw new LeadhooksError('invalid_request', describeIssues(issues), { issues })
}

function findProblem(name: string, value: string): string | null {
  if (!token.test(name)) return "The name may only have letters, digits and any of !#$%&'*+-.^_`|~"
  if (!fieldValue.test(value))
    return 'The value must not have line breaks, other control characters or characters beyond Latin-1'
  const lowerCase = name.toLowerCase()
  const [, reason] = forbidden.find(([pattern]) => pattern.test(lowerCase)) ?? []
  return reason === undefined ? null : `"${name}" ${reason}: leave it out`
}

function findExcess(headers: Readonly<Record<string, string>>): Issue[] {
  const names = Object.keys(headers)
  const issues: Issue[] = []
  if (names.length > maxHeaders) {
    issues.push({
      pointer: '/headers',
      message: `There are ${names.length} headers: at most ${maxHeaders} are allowed`,
    })
  }
  // Counted as sent, in Latin-1: one byte a character.
  const bytes = Object.entries(headers).reduce(
    (sum, [name, value]) => sum + name.length + value.length + 4,
    0,
  )
  if (bytes > maxBytes) {
    issues.push({
      pointer: '/headers',
      message: `The headers have ${bytes} bytes: at most ${maxBytes} are allowed`,
    })
  }
  if (new Set(names.map((name) => name.toLowerCase())).size < names.length) {
    issues.push({ pointer: '/headers', message: 'A header is given twice, in different letter case' })
  }
  return issues
}
