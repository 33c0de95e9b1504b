import { type MemoryState, timeOf } from './memory-state.ts'
import type { KeyedRequest, RequestStorage } from './storage.ts'

export function memoryRequests({ requests }: MemoryState): RequestStorage {
  return {
    async takeRequest({ fingerprint, holder, leaseMs, ...take }) {
      const now = timeOf(take).getTime()
      const known = requests.get(requestKey(take))
      if (known !== undefined && known.until.getTime() > now)
        return { fingerprint: known.fingerprint, answer: known.answer }
      const { organizationId } = take
      const until = new Date(now + leaseMs)
      requests.set(requestKey(take), { organizationId, fingerprint, holder, answer: null, until })
      return null
    },

    async answerRequest({ holder, answer, keepMs, ...request }) {
      const known = requests.get(requestKey(request))
      if (known?.holder !== holder || known.answer !== null) return false
      Object.assign(known, { answer, until: new Date(timeOf(request).getTime() + keepMs) })
      return true
    },

    async dropRequest({ holder, ...request }) {
      const known = requests.get(requestKey(request))
      if (known?.holder === holder && known.answer === null) requests.delete(requestKey(request))
    },

    async forgetRequests({ limit, ...timed }) {
      const now = timeOf(timed)
      const over = [...requests].filter(([, { until }]) => until <= now).slice(0, limit)
      for (const [key] of over) requests.delete(key)
      return over.length
    },
  }
}

export function requestKey({ organizationId, route, key }: KeyedRequest): string {
  return JSON.stringify([organizationId, route, key])
}
