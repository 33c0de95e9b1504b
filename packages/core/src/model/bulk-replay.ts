import type { DeliveryStatus } from './delivery.ts'

/** `replay`: of deliveries that have ended. `recovery`: of events that a webhook has missed. */
export const bulkReplayKinds = ['replay', 'recovery'] as const
export type BulkReplayKind = (typeof bulkReplayKinds)[number]

export const bulkReplayStatuses = ['running', 'paused', 'completed', 'cancelled'] as const
/** `completed`: it has gone through all that matched. `cancelled`: a person ended it; what it made goes on. */
export type BulkReplayStatus = (typeof bulkReplayStatuses)[number]

export const replayableStatuses = [
  'dead_letter',
  'delivered',
  'cancelled',
] as const satisfies readonly DeliveryStatus[]
export type ReplayableStatus = (typeof replayableStatuses)[number]

/** Which finished deliveries of an organization are replayed: those for which all that is given is true. */
export interface ReplayFilter {
  webhookId: string | null
  eventType: string | null
  /** How they ended. */
  status: ReplayableStatus
  /** Made then or later, */
  since: Date | null
  /** and before this. */
  until: Date
}

/** Which events a webhook gets that it has missed. */
export interface RecoveryFilter {
  /** Made then or later, */
  since: Date
  /** and before this. */
  until: Date
  /** Not only those that were never sent to it, but also those whose deliveries were all given up or cancelled. */
  includeFailed: boolean
}

/** A replay of many deliveries, or of the events that a webhook has missed, in the background: any worker goes on with it. */
export interface BulkReplay extends Omit<ReplayFilter, 'status'> {
  id: string
  organizationId: string
  kind: BulkReplayKind
  /** Null for a recovery. */
  status: ReplayableStatus | null
  /** Whether a recovery sends again what was given up or cancelled. */
  includeFailed: boolean
  /** How it goes, not how the deliveries ended that it replays. */
  state: BulkReplayStatus
  /** How many deliveries it makes in a second. */
  perSecond: number
  /** How many matched when it was started. */
  total: number
  /** How many deliveries it has made. */
  replayed: number
  /** How many it has passed over, whose webhook or event is no more. */
  skipped: number
  createdAt: Date
  finishedAt: Date | null
}

/** A bulk replay as storage keeps it: with how far it has come. */
export interface StoredBulkReplay extends BulkReplay {
  /** The caller's own name for it: a second one of the same name is the first. */
  idempotencyKey: string | null
  /** The last delivery that it has seen to, or the last event; null before the first. */
  afterCreatedAt: Date | null
  afterId: string | null
}
