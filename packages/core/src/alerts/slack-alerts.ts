import type { AlertChannel } from './alert-channel.ts'
import { checkAlertUrl } from './alert-url.ts'
import type { Alert } from './alert.ts'
import { postAlert } from './post-alert.ts'

export interface SlackAlertsOptions {
  /** The URL of an incoming webhook (https://api.slack.com/messaging/webhooks). Mattermost and Rocket.Chat take the same. */
  webhookUrl: string
}

const signs = { info: ':information_source:', warning: ':warning:', critical: ':rotating_light:' }

/** Alerts as messages in a channel of Slack. Throws `invalid_options` for a URL that is none. */
export function slackAlerts({ webhookUrl }: SlackAlertsOptions): AlertChannel {
  checkAlertUrl('slackAlerts: `webhookUrl`', webhookUrl)
  return (alert) => postAlert(webhookUrl, JSON.stringify({ text: messageOf(alert) }))
}

function messageOf({ severity, title, text, repeats }: Alert): string {
  const lines = [`${signs[severity]} *${escape(title)}*`, escape(text)]
  if (repeats > 0) lines.push(`_${repeats} more like it since the last message_`)
  return lines.join('\n')
}

/** What means something to Slack (https://api.slack.com/reference/surfaces/formatting#escaping): an id may say `<!channel>`. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
