import { z } from 'zod'
import type { Context } from '../context.ts'
import { organizationId, parseInput } from '../input.ts'
import type { AuditEntry, AuditHead } from '../model/audit-entry.ts'

/**
 * `altered`: an entry is not what was written there: it was edited, made up, reordered or brought from elsewhere. `missing`:
 * entries were removed before it. `cut_off`: entries were removed from the end. `unknown_key`: the key that linked it is not
 * among `encryptionKeys`.
 */
export type AuditFault = 'altered' | 'missing' | 'cut_off' | 'unknown_key'

export interface AuditVerification {
  ok: boolean
  /** How many entries there are. */
  entries: number
  /** Where the chain ends, to be kept elsewhere. */
  head: AuditHead | null
  /** The first hundred faults, each by the number of the entry where it shows. */
  faults: { sequence: number; fault: AuditFault }[]
}

const head = z.looseObject({ organizationId, sequence: z.int(), hash: z.string() })

const verifyInput = z.strictObject({ organizationId, head: head.optional() })
export interface VerifyAuditInput {
  organizationId: string
  /** A head that `audit.onHead` was given: without one, entries that were cut off along with the head cannot be missed. */
  head?: AuditHead | undefined
}

const pageSize = 1000
const mostFaults = 100

/** Walks an organization's whole chain, and says what is wrong with it and where. */
export async function verifyAudit(ctx: Context, input: VerifyAuditInput): Promise<AuditVerification> {
  const { organizationId, head: exported } = parseInput(verifyInput, input)
  const { faults, add } = collectFaults()
  // Read before the entries: those that come meanwhile stand behind it.
  const storedHead = await ctx.storage.findAuditHead(organizationId)
  let last: AuditEntry | null = null
  let entries = 0
  let exportedHash: string | undefined
  for (;;) {
    const page: AuditEntry[] = await ctx.storage.readAudit({
      organizationId,
      afterSequence: last?.sequence ?? 0,
      limit: pageSize,
    })
    for (const entry of page) {
      if (entry.sequence !== (last?.sequence ?? 0) + 1) add(entry.sequence, 'missing')
      else if (entry.previousHash !== (last?.hash ?? '')) add(entry.sequence, 'altered')
      const hash = ctx.auditChain.hashOf(entry)
      if (hash === undefined) add(entry.sequence, 'unknown_key')
      else if (hash !== entry.hash) add(entry.sequence, 'altered')
      if (entry.sequence === exported?.sequence) exportedHash = entry.hash
      last = entry
    }
    entries += page.length
    if (page.length < pageSize) break
  }
  checkHead(ctx, storedHead, last, add)
  if (exported !== undefined && exported.sequence > (last?.sequence ?? 0)) add(exported.sequence, 'cut_off')
  else if (exported !== undefined && exportedHash !== exported.hash) add(exported.sequence, 'altered')
  return { ok: faults.length === 0, entries, head: storedHead, faults }
}

type Add = (sequence: number, fault: AuditFault) => void

/** Faults in the order in which they show; an entry that is wrong in two ways is named once. */
function collectFaults(): { faults: AuditVerification['faults']; add: Add } {
  const faults: AuditVerification['faults'] = []
  return {
    faults,
    add(sequence, fault) {
      const isKnown = faults.some((known) => known.sequence === sequence)
      if (!isKnown && faults.length < mostFaults) faults.push({ sequence, fault })
    },
  }
}

function checkHead(ctx: Context, stored: AuditHead | null, last: AuditEntry | null, add: Add): void {
  const lastSequence = last?.sequence ?? 0
  if (stored === null) return lastSequence === 0 ? undefined : add(lastSequence, 'cut_off')
  const signature = ctx.auditChain.signatureOf(stored)
  if (signature === undefined) add(stored.sequence, 'unknown_key')
  else if (signature !== stored.signature || stored.sequence > lastSequence) add(stored.sequence, 'cut_off')
}
