import type { Lead } from '../leads.ts'

/** Where a contender works: a database of its own, a Redis that was emptied for it, and the receiver. */
export interface Place {
  postgresUrl: string
  redisUrl: string
  receiverUrl: string
  /** For what Leadhooks encrypts: its producer and its workers share it. */
  encryptionKey: string
}

export interface Producer {
  /** What an application calls where something happened. */
  enqueue(lead: Lead): Promise<unknown>
  /** Many by one call, each contender's best way. */
  enqueueMany(leads: readonly Lead[]): Promise<unknown>
  close(): Promise<unknown>
}

export interface WorkerTask {
  /** Requests under way at once. */
  concurrency: number
  /** To be called when the attempts of so many deliveries have been written. */
  onRecorded: (count: number) => void
}

export interface RunningWorker {
  stop(): Promise<unknown>
}

/** One way to get events delivered. Its worker runs in a process of its own. */
export interface Contender {
  setup(place: Place): Promise<void>
  openProducer(place: Place): Promise<Producer>
  startWorker(place: Place, task: WorkerTask): Promise<RunningWorker>
}
