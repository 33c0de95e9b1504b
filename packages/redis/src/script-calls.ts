import type { Consumption, LimitCheck } from '@leadhooks/core'

/** How many keys, the keys, and the values of one call of the script. */
export type ScriptCall = [keyCount: number, ...keysAndValues: (string | number)[]]

interface KnownKey {
  group: string
  key: string
}

/** What the script is called with. A cached API key comes with the same checks each time: their keys are put together once. */
export function scriptCalls(
  prefix: string,
): (checks: readonly LimitCheck[], consumption: Consumption) => ScriptCall {
  const known = new WeakMap<LimitCheck, KnownKey>()

  function keyOf(check: LimitCheck, group: string): string {
    const found = known.get(check)
    if (found !== undefined && found.group === group) return found.key
    const { key, name, windowMs, algorithm } = check
    // One hash tag: a cluster keeps all of them in one place (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/).
    // It begins with a letter, since an empty one is none: that of a group that is empty, or begins with `}`.
    const made = `${prefix}{o${group}}:${key}:${name}:${windowMs}${algorithm === 'token-bucket' ? 't' : 's'}`
    known.set(check, { group, key: made })
    return made
  }

  return (checks, { cost, now, group = '' }) => {
    const call: ScriptCall = [checks.length]
    for (const check of checks) call.push(keyOf(check, group))
    call.push(cost)
    for (const { algorithm, limit, windowMs, burst = limit } of checks)
      call.push(limit, windowMs, algorithm === 'token-bucket' ? burst : 0)
    if (now !== undefined) call.push(now)
    return call
  }
}
