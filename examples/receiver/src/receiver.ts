import type { Inbox } from './inbox.ts'

export interface ReceiverOptions {
  /** The secret of the webhook; several while it is being rotated. */
  secret: readonly string[]
  inbox: Inbox
}
