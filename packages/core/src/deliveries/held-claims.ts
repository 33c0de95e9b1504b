import type { ClaimedDelivery } from '../storage/storage.ts'

interface Held {
  since: number
  claims: Set<ClaimedDelivery>
  /** They go along with another one, which counts for them. */
  isCompany: boolean
}

/**
 * What a worker has claimed and has no result of yet. After a lapse one delivery can be here twice, by two claims.
 *
 * A set for each batch, and not one for all, which would never end: a set that changes is copied to a new table now and
 * then, and the old one leads to the new. Once V8 has promoted a table to its old generation, all later ones and what was
 * in them would stay there until that is swept.
 */
export class HeldClaims {
  readonly #batches: Held[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  /** How many requests they make. */
  get requests(): number {
    let company = 0
    for (const { isCompany, claims } of this.#batches) if (isCompany) company += claims.size
    return this.#size - company
  }

  add(claims: readonly ClaimedDelivery[], since: number): void {
    this.#add(claims, since, false)
  }

  /** They go along with what is here already. */
  addCompany(claims: readonly ClaimedDelivery[], since: number): void {
    this.#add(claims, since, true)
  }

  /** They go by one request: the first counts for all, and they have been here for as long as any of them. */
  putTogether(claims: readonly ClaimedDelivery[]): void {
    const since = Math.min(...claims.map((claimed) => this.#take(claimed) ?? Number.POSITIVE_INFINITY))
    this.add(claims.slice(0, 1), since)
    this.addCompany(claims.slice(1), since)
  }

  delete(claimed: ClaimedDelivery): void {
    this.#take(claimed)
  }

  all(): ClaimedDelivery[] {
    return this.#batches.flatMap(({ claims }) => [...claims])
  }

  /** Those that have been here since then, or longer. */
  since(time: number): Set<ClaimedDelivery> {
    return new Set(this.#batches.flatMap(({ since, claims }) => (since <= time ? [...claims] : [])))
  }

  #add(claims: readonly ClaimedDelivery[], since: number, isCompany: boolean): void {
    if (claims.length === 0) return
    this.#batches.push({ since, claims: new Set(claims), isCompany })
    this.#size += claims.length
  }

  /** Answers since when it has been here. */
  #take(claimed: ClaimedDelivery): number | undefined {
    const index = this.#batches.findIndex(({ claims }) => claims.delete(claimed))
    const batch = this.#batches[index]
    if (batch === undefined) return undefined
    this.#size--
    if (batch.claims.size === 0) this.#batches.splice(index, 1)
    return batch.since
  }
}
