import { z } from 'zod'
import packageJson from '../../package.json' with { type: 'json' }
import { describe } from './openapi.ts'
import { operation, type Operation, type Route } from './route.ts'

const about = z
  .object({ name: z.string(), version: z.string(), links: z.record(z.string(), z.string()) })
  .meta({ id: 'About' })

export const showApi = operation({
  id: 'showApi',
  answer: about,
  handle: ({ basePath }) => ({
    name: 'Leadhooks',
    version: packageJson.version,
    links: { openapi: `${basePath}/openapi.json`, docs: `${basePath}/docs` },
  }),
})

/** The routes come as a function, since this operation is one of them. */
export function describeApi(routes: () => readonly Route[]): Operation {
  return operation({
    id: 'describeApi',
    answer: z.record(z.string(), z.unknown()),
    handle: ({ leadhooks, typesInCode, basePath }) => ({
      ...describe(leadhooks, routes(), typesInCode()),
      servers: [{ url: basePath === '' ? '/' : basePath }],
    }),
  })
}
