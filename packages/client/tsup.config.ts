import { defineConfig } from 'tsup'
import { packageBuild } from '../../tsup.preset.ts'

export default defineConfig({
  ...packageBuild({ index: 'src/index.ts' }),
  platform: 'neutral',
  // What shims stand for, browsers do not have.
  shims: false,
})
