import type { ClaimedDelivery } from '../storage/storage.ts'

/**
 * What a worker has claimed and has no result of yet. After a lapse one delivery can be here twice, by two claims.
 *
 * A set for each batch, and not one for all, which would never end: a set that changes is copied to a new table now and
 * then, and the old one leads to the new. Once V8 has promoted a table to its old generation, all later ones and what was
 * in them would stay there until that is swept.
 */
export class HeldClaims {
  readonly #batches: { since: number; claims: Set<ClaimedDelivery> }[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  add(claims: readonly ClaimedDelivery[], since: number): void {
    if (claims.length === 0) return
    this.#batches.push({ since, claims: new Set(claims) })
    this.#size += claims.length
  }

  delete(claimed: ClaimedDelivery): void {
    const index = this.#batches.findIndex(({ claims }) => claims.delete(claimed))
    if (index === -1) return
    this.#size--
    if (this.#batches[index]?.claims.size === 0) this.#batches.splice(index, 1)
  }

  all(): ClaimedDelivery[] {
    return this.#batches.flatMap(({ claims }) => [...claims])
  }

  /** Those that have been here since then, or longer. */
  since(time: number): Set<ClaimedDelivery> {
    return new Set(this.#batches.flatMap(({ since, claims }) => (since <= time ? [...claims] : [])))
  }
}
