const en = {
  'app.title': 'Webhooks and API keys',
  'app.failed': 'This page could not be loaded. Look at your connection and try again.',
  'app.gone': 'The server cannot be reached. What you see is from before; it is tried again.',
  'app.loading': 'Loading …',
  'app.menu': 'Screens',
  'app.no_screen': 'There is nothing at this address.',
  'app.nothing': 'You may see none of these screens. Ask an administrator for the permission.',
  'app.organization': 'Organization',
  'app.organization_choose': 'Choose an organization',
  'app.organization_open': 'Open',
  'app.organization_text':
    'You act for all organizations: enter the id of the one that you want to look after.',
  'app.read_only': 'Read only',
  'app.retry': 'Try again',
  'app.sign_in': 'Sign in',
  'app.signed_out': 'You are signed out. Sign in, and go on here.',
  'app.skip': 'To the content',
}

export type AppMessage = keyof typeof en

const de: Record<AppMessage, string> = {
  'app.title': 'Webhooks und API-Schlüssel',
  'app.failed':
    'Die Seite konnte nicht geladen werden. Prüfen Sie die Verbindung und versuchen Sie es erneut.',
  'app.gone': 'Der Server ist nicht zu erreichen. Was Sie sehen, ist von vorher; es wird weiter versucht.',
  'app.loading': 'Wird geladen …',
  'app.menu': 'Bereiche',
  'app.no_screen': 'Unter dieser Adresse gibt es nichts.',
  'app.nothing': 'Sie dürfen keinen dieser Bereiche sehen. Fragen Sie einen Administrator.',
  'app.organization': 'Organisation',
  'app.organization_choose': 'Organisation wählen',
  'app.organization_open': 'Öffnen',
  'app.organization_text': 'Sie handeln für alle Organisationen: Geben Sie die Kennung der gewünschten ein.',
  'app.read_only': 'Nur lesen',
  'app.retry': 'Erneut versuchen',
  'app.sign_in': 'Anmelden',
  'app.signed_out': 'Sie sind abgemeldet. Melden Sie sich an, dann geht es hier weiter.',
  'app.skip': 'Zum Inhalt',
}

export type Say = (key: AppMessage) => string

export function sayIn(locale: string | null): Say {
  const messages = isGerman(locale) ? de : en
  return (key) => messages[key]
}

export function isGerman(locale: string | null): boolean {
  return locale !== null && /^de\b/i.test(locale)
}
