/**
 * SQL by hand. It names tables as `leadhooks.events`; `Schema` writes it for the schema that the host chose. Statements that
 * may travel through a host's query builder keep to what `PostgresTransaction` says of them.
 */
export interface Statement {
  text: string
}

export function statement(text: string): Statement {
  return { text }
}
