import type { StoragePlace } from './storage-place.ts'

export interface VerifyConfig {
  place: StoragePlace
  token: string
}

/** One answer, by the clock of the machine. */
export interface VerifyReport {
  askedAt: number
  answeredAt: number
  ok: boolean
}
