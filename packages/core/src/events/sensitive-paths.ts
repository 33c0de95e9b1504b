import { z } from 'zod'
import { text } from '../input.ts'

/** Where fields are whose values are shown to few: `contact.email`. Of a list each element is meant. */
export const sensitivePaths = z
  .array(text(250).regex(/^[^.]+(\.[^.]+)*$/, 'Must be a path like "contact.email"'))
  .max(100)
  .meta({
    description:
      'Paths of data that is shown with `read:secrets` only: `contact.email`. Deliveries carry it all the same',
    example: ['contact.email'],
  })

/** Stands in the place of what is not shown. */
export const hidden = '(hidden)'

/** The data with `(hidden)` in the place of sensitive values. */
export function hideFields(data: unknown, paths: readonly string[]): unknown {
  return paths.reduce((shown, path) => hideField(shown, path.split('.')), data)
}

function hideField(value: unknown, [name = '', ...rest]: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((element) => hideField(element, [name, ...rest]))
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return value
  const inner: unknown = Reflect.get(value, name)
  return { ...value, [name]: rest.length === 0 ? hidden : hideField(inner, rest) }
}
