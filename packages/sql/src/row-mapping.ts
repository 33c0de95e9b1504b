import { LeadhooksError } from '@leadhooks/core/storage'
import type { Codec } from './codec.ts'
import type { Columns } from './tables.ts'

/** What a column holds. A list of words means text that is one of them. */
export type Kind = 'text' | 'number' | 'date' | 'boolean' | 'json' | readonly string[]

interface Field {
  name: string
  column: string
  kind: Kind
}

/** How a model is kept in a table. */
export interface RowMapping<Model> {
  table: string
  fields: readonly Field[]
  /** Ties the mapping to its model for the compiler; never there at run time. */
  model?: Model
}

/** `kinds` must name every field of the model: one that is added there and not here does not compile. */
export function rowMapping<Model>(
  table: string,
  kinds: Record<keyof Model & string, Kind>,
): RowMapping<Model> {
  const fields = Object.entries<Kind>(kinds).map(([name, kind]) => ({ name, column: snakeCase(name), kind }))
  return { table, fields }
}

/** The row that keeps a model. */
export function toRow<Model>(
  mapping: RowMapping<Model>,
  codec: Codec,
  model: NoInfer<Model>,
): Columns<Model> {
  return toChanges<Model>(mapping, codec, model) as unknown as Columns<Model>
}

/** The columns of those fields of a model that are given. */
export function toChanges<Model>(
  mapping: RowMapping<Model>,
  codec: Codec,
  changes: Partial<NoInfer<Model>>,
): Partial<Columns<Model>> {
  const values: Record<string, unknown> = { ...changes }
  const row: Record<string, unknown> = {}
  for (const { name, column, kind } of mapping.fields) {
    const value = values[name]
    if (value !== undefined) row[column] = value === null ? null : written(codec, kind, value)
  }
  return row as Partial<Columns<Model>>
}

/** The model that a row keeps. Throws `storage_corrupt`, naming table and row, for one that cannot be read. */
export function fromRow<Model>(
  mapping: RowMapping<Model>,
  codec: Codec,
  row: Columns<Model>,
  nameOfRow?: string,
): Model {
  const columns: Record<string, unknown> = { ...row }
  const model: Record<string, unknown> = {}
  for (const { name, column, kind } of mapping.fields) {
    try {
      const value = columns[column]
      model[name] = value === null ? null : read(codec, kind, value)
    } catch (cause) {
      throw corrupt(
        mapping.table,
        nameOfRow ?? columns['id'],
        `column ${column} holds what nobody here has written`,
        cause,
      )
    }
  }
  return model as Model
}

/** A row that something other than Leadhooks has damaged. */
export function corrupt(table: string, id: unknown, what: string, cause?: unknown): LeadhooksError {
  const message = `Row "${String(id)}" of the table ${table} cannot be read: ${what}. Put it right, or delete it`
  return new LeadhooksError('storage_corrupt', message, { cause })
}

function written(codec: Codec, kind: Kind, value: unknown): unknown {
  if (kind === 'date') return codec.date.write(value as Date)
  if (kind === 'boolean') return codec.boolean.write(value as boolean)
  if (kind === 'json') return codec.json.write(value)
  return value
}

function read(codec: Codec, kind: Kind, stored: unknown): unknown {
  if (kind === 'date') return codec.date.read(stored)
  if (kind === 'boolean') return codec.boolean.read(stored)
  if (kind === 'json') return codec.json.read(stored)
  if (kind === 'number') return expected(typeof stored === 'number', stored)
  if (kind === 'text') return expected(typeof stored === 'string', stored)
  return expected(typeof stored === 'string' && kind.includes(stored), stored)
}

function expected(isSo: boolean, stored: unknown): unknown {
  if (!isSo) throw new TypeError(`Unexpected ${typeof stored}`)
  return stored
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
