import { createHash } from 'node:crypto'
import { LeadhooksError } from '@leadhooks/core/storage'
import type { Statement } from './statement.ts'

/** A statement as it is sent. */
export interface PreparedText {
  /** The name under which a connection keeps the plan: made from the text, so that no two texts ever share one. */
  name: string
  text: string
}

const longestName = 40

/** The Postgres schema that holds the tables of Leadhooks. */
export class Schema {
  readonly name: string
  readonly #texts = new Map<Statement, PreparedText>()

  constructor(name: string) {
    if (typeof name !== 'string' || !/^[a-z_][a-z0-9_]*$/.test(name) || name.length > longestName) {
      const expected = `lower-case letters, digits and underscores, at most ${longestName} of them`
      throw new LeadhooksError(
        'invalid_options',
        `\`postgresStorage\`: \`schema\` must be a plain name (${expected}), got ${JSON.stringify(name)}`,
      )
    }
    this.name = name
  }

  /** The text of a statement for this schema. */
  text(text: string): string {
    return this.name === 'leadhooks' ? text : text.replaceAll(/\bleadhooks\./g, `${this.name}.`)
  }

  prepared(statement: Statement): PreparedText {
    let prepared = this.#texts.get(statement)
    if (prepared === undefined) {
      const text = this.text(statement.text)
      const hash = createHash('sha256').update(text).digest('hex')
      prepared = { name: `leadhooks_${hash.slice(0, 16)}`, text }
      this.#texts.set(statement, prepared)
    }
    return prepared
  }

  /** The channel of LISTEN and NOTIFY. */
  get channel(): string {
    return `${this.name}.work`
  }
  /** The channel that tells of changes of API keys. */
  get keysChannel(): string {
    return `${this.name}.api_keys`
  }
}
