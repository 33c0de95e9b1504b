import { verify } from 'node:crypto'
import { z } from 'zod'
import { LeadhooksError } from '../errors.ts'
import { parseInput } from '../input.ts'
import type { Leadhooks } from '../leadhooks.ts'
import { answerHeaders, problemResponse } from './problem.ts'

export interface GithubLeakReportsOptions {
  /**
   * GitHub's public key of an identifier, in PEM: one of https://api.github.com/meta/public_keys/secret_scanning. Undefined
   * where there is none.
   */
  publicKey: (identifier: string) => string | undefined | Promise<string | undefined>
}

const reports = z
  .array(z.looseObject({ token: z.string(), type: z.string(), url: z.string().optional() }))
  .max(1000)

const longestBody = 1_000_000

/**
 * Takes the alerts of GitHub's secret scanning partner program, whose signature it checks over the bytes as they came
 * (https://docs.github.com/code-security/secret-scanning/secret-scanning-partner-program), and answers which tokens were real.
 *
 * ```ts
 * app.post('/leaks', async (c) => githubLeakReports(leadhooks, { publicKey })(c.req.raw))
 * ```
 */
export function githubLeakReports(
  leadhooks: { apiKeys: Pick<Leadhooks['apiKeys'], 'reportLeak'> },
  { publicKey }: GithubLeakReportsOptions,
): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      const body = await request.text()
      if (body.length > longestBody) throw new LeadhooksError('payload_too_large', 'The report is too long')
      const key = await publicKey(request.headers.get('github-public-key-identifier') ?? '')
      const signature = request.headers.get('github-public-key-signature') ?? ''
      if (key === undefined || !isSigned(body, signature, key))
        throw new LeadhooksError('forbidden', 'This report is not signed by a known key of GitHub')
      const labels = []
      for (const { token, type, url } of parseInput(reports, parseJson(body))) {
        const apiKey = await leadhooks.apiKeys.reportLeak({ token, source: 'github', url })
        const label = apiKey === null ? 'false_positive' : 'true_positive'
        labels.push({ token_raw: token, token_type: type, label })
      }
      return Response.json(labels, { headers: answerHeaders })
    } catch (error) {
      return problemResponse(error)
    }
  }
}

/** ECDSA over P-256 and SHA-256. */
function isSigned(body: string, signature: string, key: string): boolean {
  try {
    return verify('sha256', Buffer.from(body), key, Buffer.from(signature, 'base64'))
  } catch {
    return false
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch (cause) {
    throw new LeadhooksError('malformed_json', 'The report is not JSON', { cause })
  }
}
