import { createLeadhooks, memoryStorage } from '@leadhooks/core'
import openapi, { astToString, UNKNOWN } from 'openapi-typescript'
import { errorStatus } from '../../core/src/errors.ts'

export interface ApiDescription {
  paths: Record<string, Record<string, unknown>>
}

/** What the API says of itself, by the table of its routes. */
export async function describeApi(): Promise<ApiDescription> {
  const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }]
  const leadhooks = createLeadhooks({ storage: memoryStorage(), encryptionKeys })
  const response = await leadhooks.fetch(new Request('https://crm.example/openapi.json'))
  return (await response.json()) as ApiDescription
}

/** The same in TypeScript. */
export async function generateTypes(): Promise<string> {
  const nodes = await openapi((await describeApi()) as never, {
    // What has a default may be left out of a request.
    defaultNonNullable: false,
    transform: (_, { path }) => (isAnyJson(path) ? UNKNOWN : undefined),
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
    rootTypesKeepCasing: true,
  })
  const codes = Object.keys(errorStatus).map((code) => `\n    | "${code}"`)
  return [
    '// Written from the table of routes by api-types.test.ts: `npm test -- --project client -u` brings it up to date.',
    astToString(nodes).replaceAll(/^export type __schema.*\n/gm, ''),
    `/** Every code of a problem. */\nexport type ErrorCode =${codes.join('')};\n`,
  ].join('\n')
}

/** JSON of any kind, which has no name, and which TypeScript cannot follow into itself. */
function isAnyJson(path: string | undefined): boolean {
  return path?.startsWith('#/components/schemas/__schema') ?? false
}
