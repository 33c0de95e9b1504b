/** Milliseconds of the machine's monotonic clock, which all processes share: a time of one can be taken from another's. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6
