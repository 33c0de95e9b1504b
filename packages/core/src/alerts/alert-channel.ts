import type { Alert } from './alert.ts'

/** Takes an alert to where people see it. One that throws or rejects is given it again. */
export type AlertChannel = (alert: Alert) => unknown
