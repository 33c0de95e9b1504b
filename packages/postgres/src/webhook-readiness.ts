/** Whether a webhook gets deliveries: all but one that a person switched off, though those of a disabled one wait. */
export const takesEvents = `(webhook.enabled or webhook.disabled_reason <> 'by_user')`

/** Whether the deliveries of a webhook may go. `now`: the time that counts, as an expression. */
export const isSending = (now: string): string =>
  `(webhook.enabled and (webhook.waits_until is null or webhook.waits_until <= ${now}))`
