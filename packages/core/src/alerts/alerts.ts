import type { Clock } from '../clock.ts'
import { newAlertId } from '../ids.ts'
import type { Log } from '../logging/log.ts'
import { isOperational, type Observation, type OperationalEvent } from '../observation.ts'
import type { AlertChannel } from './alert-channel.ts'
import { type Alert, alertKey, describeAlert } from './alert.ts'

/** How long after a channel has failed it is tried again. */
const retryDelaysMs = [1000, 10_000, 60_000]
/** So long a Leadhooks that is closed waits for what is on its way. */
const longestFarewellMs = 5000
/** More kinds of alerts are not told apart: the oldest is forgotten, and goes out again. */
const rememberedKinds = 10_000

export interface AlertsOptions {
  channels: readonly AlertChannel[]
  quietPeriodMs: number
  clock: Clock
  logger: Log
}

interface Quiet {
  until: number
  leftOut: number
}

/**
 * Makes alerts of what is observed, and takes them to every channel. Of alerts that repeat one another one goes out in a quiet
 * period; the next one after it says how many were left out. A channel that fails is tried again, and keeps no other waiting.
 */
export class Alerts {
  readonly #options: AlertsOptions
  readonly #quiet = new Map<string, Quiet>()
  readonly #underWay = new Set<Promise<void>>()
  /** Ends the pauses before further tries. */
  readonly #hurry = new Set<() => void>()
  #closing: Promise<void> | undefined

  constructor(options: AlertsOptions) {
    this.#options = options
  }

  readonly observe = (observation: Observation): void => {
    if (!isOperational(observation)) return
    const repeats = this.#admit(alertKey(observation))
    if (repeats === null) return
    const alert = this.#alertOf(observation, repeats)
    for (const channel of this.#options.channels) this.#start(channel, alert)
  }

  /** Tries what has failed once more at once, and waits for it, for five seconds at most. */
  async close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    for (const goOn of this.#hurry) goOn()
    if (this.#underWay.size === 0) return
    const { clock } = this.#options
    let cancel = (): void => {}
    const outOfTime = new Promise<void>((resolve) => {
      cancel = clock.schedule(resolve, longestFarewellMs)
    })
    await Promise.race([Promise.all(this.#underWay), outOfTime])
    cancel()
  }

  /** How many like it were left out before; null where this one is to be left out. */
  #admit(key: string): number | null {
    const { clock, quietPeriodMs } = this.#options
    const known = this.#quiet.get(key)
    if (known !== undefined && clock.now() < known.until) {
      known.leftOut++
      return null
    }
    this.#quiet.delete(key)
    this.#quiet.set(key, { until: clock.now() + quietPeriodMs, leftOut: 0 })
    for (const oldest of this.#quiet.keys()) {
      if (this.#quiet.size <= rememberedKinds) break
      this.#quiet.delete(oldest)
    }
    return known?.leftOut ?? 0
  }

  #alertOf(cause: OperationalEvent, repeats: number): Alert {
    const { type, organizationId } = cause
    const now = this.#options.clock.now()
    const id = newAlertId(now)
    return { id, type, ...describeAlert(cause), organizationId, at: new Date(now), repeats, cause }
  }

  #start(channel: AlertChannel, alert: Alert): void {
    const sending = this.#send(channel, alert).finally(() => this.#underWay.delete(sending))
    this.#underWay.add(sending)
  }

  async #send(channel: AlertChannel, alert: Alert): Promise<void> {
    for (let failures = 0; ; failures++) {
      try {
        await channel(alert)
        return
      } catch (error) {
        const delayMs = this.#closing !== undefined ? undefined : retryDelaysMs[failures]
        const fields = { err: error, type: alert.type, organizationId: alert.organizationId }
        if (delayMs === undefined) return this.#options.logger.error(fields, 'An alert could not be sent')
        this.#options.logger.warn(fields, 'An alert could not be sent yet; trying again')
        await this.#pause(delayMs)
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    let goOn = (): void => {}
    const over = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const cancel = this.#options.clock.schedule(goOn, ms)
    this.#hurry.add(goOn)
    await over
    cancel()
    this.#hurry.delete(goOn)
  }
}
