import { defineConfig } from 'tsup'
import { packageBuild } from '../../tsup.preset.ts'

// A command is run, not imported: it needs one format and no types.
export default defineConfig({ ...packageBuild({ main: 'src/main.ts' }), format: ['esm'], dts: false })
