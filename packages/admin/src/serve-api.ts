import { type Leadhooks, LeadhooksError } from '@leadhooks/core'
import type { CheckedSettings } from './options.ts'
import type { Visitor } from './session.ts'

interface ApiCall {
  visitor: Visitor
  basePath: string
  clientAddress: string | undefined
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * The management API, for people: it checks by itself what each of them may do, scopes all to their organization, and refuses
 * what another site made their browser send.
 */
export async function serveApi(
  leadhooks: Pick<Leadhooks, 'fetch'>,
  { readOnly }: CheckedSettings,
  request: Request,
  { visitor, basePath, clientAddress }: ApiCall,
): Promise<Response> {
  if (readOnly && !safeMethods.has(request.method))
    throw new LeadhooksError('forbidden', 'Nothing can be changed here: these pages are read-only')
  const { id: actor, isStaff, permissions } = visitor
  const organizationId = isStaff ? '*' : (visitor.organizationId ?? '')
  return leadhooks.fetch(withoutApiKey(request), {
    basePath,
    clientAddress,
    authorize: () => ({ actor, organizationId, permissions }),
  })
}

/** Who is there is the host's to say: a key that comes along would speak for somebody else. */
function withoutApiKey(request: Request): Request {
  const bare = new Request(request)
  bare.headers.delete('authorization')
  bare.headers.delete('x-api-key')
  return bare
}
