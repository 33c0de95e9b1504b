import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where processes keep what they have compiled: it halves the time that the next one takes to start. */
export const compileCache = fileURLToPath(new URL('../node_modules/.compile-cache', import.meta.url))
mkdirSync(compileCache, { recursive: true })
