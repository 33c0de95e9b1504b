import { LeadhooksError } from '@leadhooks/core/storage'
import { tablesMissing } from '@leadhooks/sql'

const lockedAdvice =
  'Something holds a write transaction open on this file. A caller that awaits `dispatchEvent` within a transaction of its own passes its handle along: `dispatchEvent(…, { tx })`'

/** Another connection, or a transaction of the host's, holds the lock: the same call can succeed a moment later. */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error))
}

/** What the storage throws for what the driver threw. */
export function asLeadhooksError(error: unknown): unknown {
  const code = codeOf(error)
  if (code === '' || !(error instanceof Error)) return error
  const fail = (kind: ConstructorParameters<typeof LeadhooksError>[0], advice: string): LeadhooksError =>
    new LeadhooksError(kind, `SQLite: ${error.message} (${code}). ${advice}`, { cause: error })

  if (isBusy(error)) return fail('storage_unavailable', lockedAdvice)
  if (code === 'SQLITE_FULL')
    return fail('storage_unavailable', 'Make room on the disk, or raise max_page_count')
  if (/^SQLITE_(IOERR|CANTOPEN|READONLY|PERM|AUTH|PROTOCOL|NOLFS|NOMEM|INTERRUPT)/.test(code))
    return fail(
      'storage_unavailable',
      'See to it that the file, its directory and its disk can be written to',
    )
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code))
    return fail('storage_corrupt', 'Run PRAGMA integrity_check, and restore the file from a backup')
  if (/malformed JSON/.test(error.message))
    return fail('storage_corrupt', 'Something other than Leadhooks has changed a row of leadhooks_webhooks')
  if (/no such (table|column).*leadhooks_/.test(error.message)) return tablesMissing(undefined, error)
  if (/^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)$/.test(code))
    return fail('conflict', 'There is such a row already')
  return fail('internal', 'Please report this')
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return ''
  return error.code.startsWith('SQLITE_') ? error.code : ''
}

export function isCorrupt(error: unknown): error is LeadhooksError {
  return error instanceof LeadhooksError && error.code === 'storage_corrupt'
}
