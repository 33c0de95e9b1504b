// Imported before all else by a process whose system clock is to be wrong: what JavaScript sees of it is `Date`. Monotonic
// time (`performance.now()`, timers) goes on rightly, as it does where somebody sets the clock of a machine.
const RightDate = Date
let skewMs = Number(process.env['CLOCK_SKEW_MS'] ?? 0)

class SkewedDate extends RightDate {
  constructor(...values: unknown[]) {
    // oxlint-disable-next-line typescript/no-unsafe-argument -- whatever `Date` takes
    super(...((values.length === 0 ? [SkewedDate.now()] : values) as [number]))
  }

  static override now(): number {
    return RightDate.now() + skewMs
  }
}

globalThis.Date = SkewedDate as DateConstructor

process.on('message', (message: { skewMs?: number }) => {
  skewMs = message.skewMs ?? skewMs
})
