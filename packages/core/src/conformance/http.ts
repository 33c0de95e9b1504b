import { managementCases } from './http-management.ts'
import { transportCases } from './http-transport.ts'
import type { HttpConformanceCase, ServeHost } from './http-host.ts'

export type { HttpConformanceCase, HttpHost, HttpHostOptions, ServeHost } from './http-host.ts'

const mounts = ['/', '/a', '/a/b/c']

/**
 * What a framework adapter must keep, as data: any test runner will do. Each case starts hosts by `serve`.
 *
 * ```ts
 * for (const { name, run } of httpConformance) test(name, () => run(serve))
 * ```
 */
export const httpConformance: readonly HttpConformanceCase[] = mounts.flatMap((mount) =>
  [false, true].flatMap((parsesJson) =>
    [...transportCases, ...managementCases]
      .filter(({ isForParser }) => !(parsesJson && isForParser))
      .map(({ name, check }) => ({
        name: `${name} (at ${mount}${parsesJson ? ', JSON parsed before' : ''})`,
        run: (serve: ServeHost) => check({ serve, mount, parsesJson }),
      })),
  ),
)
