import type { DeliveryOptions } from '@leadhooks/core'
import type { StoragePlace } from './storage-place.ts'

/** What a worker process is started with. */
export interface WorkerConfig {
  place: StoragePlace
  encryptionKey: string
  delivery: DeliveryOptions
  /** How long SIGTERM lets what is under way go on. */
  graceMs: number
  /** A file to which the fencing token of every claim is appended before anything is done with it. */
  claimsFile: string
  /** What the host's own code does wrong. */
  hostFault?: HostFault | undefined
  /** Whether the process migrates before it starts, and the moment to do it, in milliseconds since the epoch. */
  migrateAt?: number | undefined
  /** Opens the database through a pool of the host's, and not through one of the storage's own. */
  hasOwnPool?: boolean | undefined
}

/**
 * `observer-throws`, `observer-hangs`, `observer-exits`: its `observe` does that. `exits-on-poison`: something that it has
 * hooked into HTTP ends the process as soon as a request to a path with `poison` in it goes out.
 */
export type HostFault = 'observer-throws' | 'observer-hangs' | 'observer-exits' | 'exits-on-poison'

/** What a worker process tells of itself. */
export interface WorkerReport {
  rssBytes: number
  /** The most that it ever was. */
  peakRssBytes: number
  cpuMs: number
  /** Connections of the pool: all, and those that nobody uses. */
  connections: { total: number; idle: number; waiting: number } | null
  /** Every claim that brought something or failed: when it began and how long it took in ms; -1 deliveries: it failed. */
  claims: { at: number; ms: number; deliveries: number }[]
  /** Results that came too late and changed nothing. */
  superseded: number
  /** What the logger was told of, by message. */
  logged: Record<string, number>
  /** Handlers of SIGTERM and SIGINT that are not the host's. */
  foreignSignalHandlers: number
  /** What `diagnose()` says of the clock, if that was asked: it takes the database. */
  clock: { status: string; message: string } | null
  ranMigrations: number
}
