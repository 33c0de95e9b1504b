import type { AlertChannel } from './alert-channel.ts'
import type { Alert } from './alert.ts'

export interface EmailAlertsOptions {
  /** What sends mail: a transport of nodemailer, or anything of that form. */
  transport: { sendMail(mail: { from: string; to: string; subject: string; text: string }): Promise<unknown> }
  from: string
  /** One address, or several joined by commas. */
  to: string
}

/** Alerts as mails. */
export function emailAlerts({ transport, from, to }: EmailAlertsOptions): AlertChannel {
  return (alert) => transport.sendMail({ from, to, subject: subjectOf(alert), text: textOf(alert) })
}

/** An organization's id is the host's text: a line break in it must not begin another header. */
function subjectOf({ severity, title }: Alert): string {
  return `[Leadhooks ${severity}] ${title}`.replaceAll(/\p{Cc}+/gu, ' ')
}

function textOf({ title, text, at, repeats }: Alert): string {
  const more = repeats === 0 ? [] : [`${repeats} more like it came since the last mail.`]
  return [`${title}.`, text, ...more, at.toISOString()].join('\n\n')
}
