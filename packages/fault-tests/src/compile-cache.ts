import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where processes keep what they have compiled: it halves the time that the next one takes to start. */
export const compileCache = join(tmpdir(), 'leadhooks-fault-tests-cache')
mkdirSync(compileCache, { recursive: true })
