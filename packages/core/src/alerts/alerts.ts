import { createHash, randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { newAlertId } from '../ids.ts'
import type { Log } from '../logging/log.ts'
import { isOperational, type Observation, type OperationalEvent } from '../observation.ts'
import type { DutyStorage } from '../storage/storage.ts'
import type { AlertChannel } from './alert-channel.ts'
import { type Alert, alertKey, describeAlert } from './alert.ts'

/** How long after a channel has failed it is tried again. */
const retryDelaysMs = [1000, 10_000, 60_000]
/** So long a Leadhooks that is closed waits for what is on its way. */
const longestFarewellMs = 5000
/** More kinds of alerts are not told apart: the oldest is forgotten, and goes out again. */
const rememberedKinds = 10_000
/** So long after another process has sent an alert the database is not asked again. */
const askAgainMs = 10_000

export interface AlertsOptions {
  channels: readonly AlertChannel[]
  quietPeriodMs: number
  /** Knows what other processes have sent. */
  storage: Pick<DutyStorage, 'takeDuty'>
  storageTime: () => Date | undefined
  clock: Clock
  logger: Log
}

interface Quiet {
  until: number
  leftOut: number
}

/**
 * Makes alerts of what is observed, and takes them to every channel. Of alerts that repeat one another one goes out in a quiet
 * period, whichever process sends it; the next one after it says how many were left out here. A channel that fails is tried again,
 * and keeps no other waiting.
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
    const key = alertKey(observation)
    const repeats = this.#admit(key)
    if (repeats === null) return
    const sending = this.#sendFirst(key, this.#alertOf(observation, repeats)).finally(() =>
      this.#underWay.delete(sending),
    )
    this.#underWay.add(sending)
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

  async #sendFirst(key: string, alert: Alert): Promise<void> {
    if (await this.#isFirst(key)) {
      await Promise.all(this.#options.channels.map(async (channel) => this.#send(channel, alert)))
      return
    }
    const { clock, quietPeriodMs } = this.#options
    const until = clock.now() + Math.min(quietPeriodMs, askAgainMs)
    const leftOut = alert.repeats + 1 + (this.#quiet.get(key)?.leftOut ?? 0)
    this.#quiet.set(key, { until, leftOut })
  }

  /** Whether no process has sent one like it in the quiet period. Where that cannot be told, two are better than none. */
  async #isFirst(key: string): Promise<boolean> {
    const { storage, storageTime, quietPeriodMs, logger } = this.#options
    const name = `alert ${createHash('sha256').update(key).digest('base64url')}`
    const quiet = { name, holder: randomUUID(), leaseMs: quietPeriodMs, now: storageTime() }
    try {
      return quietPeriodMs === 0 || (await storage.takeDuty(quiet))
    } catch (err) {
      logger.warn({ err }, 'Whether another process has sent an alert could not be read; sending it')
      return true
    }
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
