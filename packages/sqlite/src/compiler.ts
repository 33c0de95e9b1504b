import type { Tables } from '@leadhooks/sql'
import {
  DummyDriver,
  Kysely,
  SchemableIdentifierNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'

/** SQLite has no schemas: what Postgres calls `leadhooks.events` is `leadhooks_events` here. */
class PrefixCompiler extends SqliteQueryCompiler {
  protected override visitSchemableIdentifier(node: SchemableIdentifierNode): void {
    const { schema, identifier } = node
    const prefixed = schema && SchemableIdentifierNode.create(`${schema.name}_${identifier.name}`)
    super.visitSchemableIdentifier(prefixed ?? node)
  }
}

/** Kysely without a connection: it compiles, and better-sqlite3 runs what it made. */
export const compiler = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new PrefixCompiler(),
  },
}).withSchema('leadhooks')
