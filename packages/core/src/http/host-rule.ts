import type { AuthorizedCaller } from './caller.ts'

/** What a host passes to a framework's package as `authorize`. */
export type HostRule<HostRequest> = (
  request: HostRequest,
) => AuthorizedCaller | null | undefined | Promise<AuthorizedCaller | null | undefined>

/**
 * The rule of the host on one request, as `leadhooks.fetch` takes it. Its faults are kept, for `rethrow` to give to the error
 * handlers of the host: `fetch` would answer 500 in their place.
 */
export function hostRule<HostRequest>(rule: HostRule<HostRequest> | undefined, request: HostRequest) {
  let fault: { error: unknown } | undefined
  return {
    authorize: async (): Promise<AuthorizedCaller | null> => {
      try {
        return (await rule?.(request)) ?? null
      } catch (error) {
        fault = { error }
        return null
      }
    },
    rethrow: (): void => {
      if (fault !== undefined) throw fault.error
    },
  }
}
