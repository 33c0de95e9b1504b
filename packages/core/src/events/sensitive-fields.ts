import type { Context } from '../context.ts'
import { hidden } from './sensitive-paths.ts'

interface Typed {
  organizationId: string
  type: string
}

/** Which fields of an event are sensitive, by its type; undefined where the storage has to be asked. */
function knownPaths(ctx: Context, { organizationId, type: name }: Typed): readonly string[] | undefined {
  const { catalogue } = ctx
  if (catalogue !== undefined && Object.hasOwn(catalogue, name)) return catalogue[name]?.sensitive ?? []
  const known = ctx.registeredTypes.known({ organizationId, name })
  return known === undefined ? undefined : (known?.sensitive ?? [])
}

export async function findSensitivePaths(ctx: Context, event: Typed): Promise<readonly string[]> {
  const known = knownPaths(ctx, event)
  if (known !== undefined) return known
  const { organizationId, type: name } = event
  return (await ctx.registeredTypes.find({ organizationId, name }))?.sensitive ?? []
}

/**
 * What a receiver answered to an event, fit to be kept: it may repeat what it was sent, in whatever form, so that of a type with
 * sensitive fields nothing is kept. A promise only where the type has to be looked up; and nothing is kept either where it cannot be.
 */
export function withoutEcho(ctx: Context, event: Typed, answer: string): string | Promise<string> {
  if (answer === '') return answer
  const known = knownPaths(ctx, event)
  if (known !== undefined) return known.length === 0 ? answer : hidden
  return lookUp(ctx, event).then((paths) => (paths === null || paths.length > 0 ? hidden : answer))
}

async function lookUp(ctx: Context, event: Typed): Promise<readonly string[] | null> {
  try {
    return await findSensitivePaths(ctx, event)
  } catch (error) {
    ctx.logger.warn(
      { err: error },
      'An event type could not be looked up; what its receiver answered is not kept',
    )
    return null
  }
}
