import type { ApiKeyWatch } from '@leadhooks/core/storage'
import type { Connection } from './connection.ts'

/** So often the file is looked at, while keys are checked. */
const lookMs = 250

/**
 * Finds out by looking whether other connections have changed API keys: SQLite tells nobody. Whether anything at all was
 * written costs a microsecond to ask (`data_version`); only then is the count of changes read, which triggers keep.
 */
export function watchApiKeys(
  connection: Connection,
  onChange: (apiKeyId: string | null) => void,
): ApiKeyWatch {
  let lookedAt = Number.NEGATIVE_INFINITY
  let version: unknown
  let changes: unknown

  function look(): void {
    const now = connection.database.pragma('data_version', { simple: true })
    if (now === version) return
    const counted = connection.get('select changes from leadhooks_api_key_changes')
    const count = (counted as { changes: number } | undefined)?.changes
    if (count !== changes) onChange(null)
    version = now
    changes = count
  }

  return {
    isCurrent() {
      const now = performance.now()
      if (now - lookedAt < lookMs) return true
      try {
        look()
        lookedAt = now
        return true
      } catch {
        // The file is locked or gone: whoever reads it says what is wrong.
        return false
      }
    },
    async end() {},
  }
}
