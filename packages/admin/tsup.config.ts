import { defineConfig, type Options } from 'tsup'
import { packageBuild } from '../../tsup.preset.ts'
import { bundleApp } from './src/bundle-app.ts'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/** Puts what Vite has made in the place of the module that would have it made: a file of its own, which the others import. */
const embeddedAssets: Plugin = {
  name: 'embedded-assets',
  setup(build) {
    const file = build.initialOptions.format === 'cjs' ? './assets.cjs' : './assets.js'
    build.onResolve({ filter: /^\.\/assets\.ts$/ }, () => ({ path: file, external: true }))
    build.onLoad({ filter: /src[/\\]assets\.ts$/ }, async () => ({
      contents: `const assets = ${JSON.stringify(await bundleApp())}\nexport const loadAssets = async () => assets`,
    }))
  },
}

const entry = {
  index: 'src/index.ts',
  express: 'src/express.ts',
  fastify: 'src/fastify.ts',
  assets: 'src/assets.ts',
}

// Without source maps: they would hold the assets once more.
export default defineConfig({ ...packageBuild(entry), sourcemap: false, esbuildPlugins: [embeddedAssets] })
