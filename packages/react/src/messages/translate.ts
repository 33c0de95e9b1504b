import type { en } from './en.ts'

export type MessageKey = keyof typeof en
/** One sentence; or one for each plural category of the language, chosen by `count`. */
export type Message = string | ({ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>)
export type Messages = Record<MessageKey, Message>
export type MessageValues = Record<string, string | number>

/** Says a message, with `{name}` filled in; what has no message says nothing. */
export type Translate = (key: MessageKey, values?: MessageValues) => string

export function createTranslate(messages: Messages, locale: string | undefined): Translate {
  const plural = new Intl.PluralRules(locale)
  const number = new Intl.NumberFormat(locale)
  return (key, values = {}) => {
    const message: Message | undefined = messages[key]
    const sentence =
      typeof message === 'string' || message === undefined
        ? (message ?? '')
        : (message[plural.select(Number(values['count']))] ?? message.other)
    return sentence.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name]
      return typeof value === 'number' ? number.format(value) : (value ?? whole)
    })
  }
}
