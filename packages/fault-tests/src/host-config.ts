import type { StoragePlace } from './storage-place.ts'

/** What a host's process is started with that writes leads. */
export interface HostConfig {
  place: StoragePlace
  encryptionKey: string
  organizationIds: string[]
  /** Begins the ids of its leads. */
  name: string
  /** How many transactions it makes, if nobody ends it. */
  transactions: number
  /** A file to which the id of each lead is appended once its transaction has committed. */
  committedFile?: string | undefined
}
