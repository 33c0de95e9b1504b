import { defineConfig } from 'tsup'
import { packageBuild } from '../../tsup.preset.ts'

export default defineConfig(
  packageBuild({
    index: 'src/index.ts',
    'node-http': 'src/node-http.ts',
    storage: 'src/storage/index.ts',
    conformance: 'src/conformance/index.ts',
    metrics: 'src/metrics/index.ts',
    testing: 'src/testing/index.ts',
  }),
)
