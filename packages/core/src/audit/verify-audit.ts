import { z } from 'zod'
import type { Context } from '../context.ts'
import { organizationId, parseInput } from '../input.ts'
import type { AuditEntry, AuditHead } from '../model/audit-entry.ts'

/**
 * `altered`: an entry is not what was written there: it was edited, made up, reordered or brought from elsewhere. `missing`:
 * entries were removed before it. `cut_off`: entries were removed from the end. `unknown_key`: the key that linked it is not
 * among `encryptionKeys`. `forged_head`: a head, the stored one or the one that was passed, was not signed by that key, and
 * so says nothing of where the chain ended.
 */
export type AuditFault = 'altered' | 'missing' | 'cut_off' | 'unknown_key' | 'forged_head'

export interface AuditVerification {
  ok: boolean
  /** How many entries there are. */
  entries: number
  /** Where the chain ends, to be kept elsewhere. */
  head: AuditHead | null
  /** The first hundred faults, each by the number of the entry where it shows. */
  faults: { sequence: number; fault: AuditFault }[]
}

const head = z.strictObject({
  organizationId,
  sequence: z.int().min(1),
  hash: z.string(),
  keyId: z.string(),
  signature: z.string(),
})

const verifyInput = z
  .strictObject({ organizationId, head: head.optional() })
  .refine(({ organizationId, head }) => head === undefined || head.organizationId === organizationId, {
    path: ['head', 'organizationId'],
    message: 'must be the organization whose chain is verified',
  })
export interface VerifyAuditInput {
  organizationId: string
  /** A head that `audit.onHead` was given: without one, entries that were cut off along with the head cannot be missed. */
  head?: AuditHead | undefined
}

const pageSize = 1000
const mostFaults = 100

/** Walks an organization's whole chain, and says what is wrong with it and where. */
export async function verifyAudit(ctx: Context, input: VerifyAuditInput): Promise<AuditVerification> {
  const { organizationId, head: exportedHead } = parseInput(verifyInput, input)
  const { faults, add } = collectFaults()
  // Read before the entries: those that come meanwhile stand behind it.
  const storedHead = await ctx.storage.findAuditHead(organizationId)
  const heads = [storedHead, exportedHead].filter((head) => head !== undefined && head !== null)
  const hashes = new Map<number, string>()
  let last: AuditEntry | null = null
  let entries = 0
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
      if (heads.some(({ sequence }) => sequence === entry.sequence)) hashes.set(entry.sequence, entry.hash)
      last = entry
    }
    entries += page.length
    if (page.length < pageSize) break
  }
  const lastSequence = last?.sequence ?? 0
  if (storedHead === null && lastSequence > 0) add(lastSequence, 'cut_off')
  for (const head of heads) {
    const fault = headFault(ctx, head, hashes.get(head.sequence), lastSequence)
    if (fault !== null) add(head.sequence, fault)
  }
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

/** Only what the head's key has signed says anything of where the chain ended. */
function headFault(
  ctx: Context,
  head: AuditHead,
  entryHash: string | undefined,
  lastSequence: number,
): AuditFault | null {
  const signature = ctx.auditChain.signatureOf(head)
  if (signature === undefined) return 'unknown_key'
  if (signature !== head.signature) return 'forged_head'
  if (head.sequence > lastSequence) return 'cut_off'
  return entryHash === head.hash ? null : 'altered'
}
