#!/usr/bin/env node
import { run } from './run.ts'

const exitCode = await run(process.argv.slice(2))
// What the config opened for the host (a pool, say) is not ours to close, and would keep the process from ending.
process.stdout.write('', () => process.exit(exitCode))
