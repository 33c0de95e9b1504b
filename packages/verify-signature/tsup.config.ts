import { defineConfig } from 'tsup'
import { packageBuild } from '../../tsup.preset.ts'

export default defineConfig(
  packageBuild({
    index: 'src/index.ts',
    webcrypto: 'src/webcrypto.ts',
    express: 'src/express.ts',
    fastify: 'src/fastify.ts',
    fetch: 'src/fetch.ts',
  }),
)
