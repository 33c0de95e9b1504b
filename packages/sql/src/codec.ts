import type { SqlBoolean, SqlDate, SqlJson } from './tables.ts'

/** Between a value of the code and what a database keeps. `read` throws for what `write` cannot have written. */
export interface Conversion<Value, Stored> {
  write(value: Value): Stored
  read(stored: unknown): Value
}

/** How a dialect keeps what is neither text nor a number. */
export interface Codec {
  date: Conversion<Date, SqlDate>
  boolean: Conversion<boolean, SqlBoolean>
  json: Conversion<unknown, SqlJson>
}
