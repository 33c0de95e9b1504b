/** What a worker tells of itself, every fifteen seconds. */
export interface WorkerBeat {
  id: string
  /** The name of its machine. */
  host: string
  /** The version of Leadhooks that it runs. */
  version: string
  /** How many deliveries it has at this moment. */
  inFlight: number
}

/** A worker as the storage has heard of it, by the storage's own clock. */
export interface SeenWorker extends WorkerBeat {
  startedAt: Date
  lastBeatAt: Date
  /** For how long nothing was heard of it. */
  silentMs: number
}

export interface WorkerStatus extends SeenWorker {
  /** False for one that may well be gone: it has been silent for a minute or longer. */
  isAlive: boolean
}
