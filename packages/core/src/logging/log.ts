import { loggable } from './loggable.ts'

/** All that a line of the log can name, and nothing else: no data of events, no header, no answer, no secret. */
export const logFields = {
  err: 'what was thrown, with its code, its stack and its causes',
  organizationId: 'the organization',
  webhookId: 'the webhook',
  webhookIds: 'the webhooks, where it is about several',
  deliveryId: 'the delivery',
  apiKeyId: 'the API key; its token is nowhere',
  bulkReplayId: 'the bulk replay',
  task: 'which of the things that workers do from time to time',
  count: 'how many it is about',
  attempt: 'how often it was tried so far',
  type: 'the operational event, or the alert',
  observation: 'what the observer was told of',
  source: 'who has reported a token',
  action: 'what was done about it',
  method: 'of the request to the management API',
  path: 'of that request, without its query',
} as const

export type LogFields = { [Field in keyof typeof logFields]?: unknown }

/** The part of a pino logger that Leadhooks calls: fields first, then the sentence. */
export interface Logger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** What the code of Leadhooks logs with: a field that is not in the table does not compile. */
export interface Log {
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
}

export const silentLogger: Logger = { info() {}, warn() {}, error() {} }

/** Calls the host's logger; where that throws, there is nobody left to tell, and deliveries go on. */
export function createLog(logger: Logger): Log {
  const guarded =
    (level: keyof Log) =>
    (fields: LogFields, message: string): void => {
      try {
        logger[level]('err' in fields ? { ...fields, err: loggable(fields.err) } : fields, message)
      } catch {}
    }
  return { info: guarded('info'), warn: guarded('warn'), error: guarded('error') }
}
