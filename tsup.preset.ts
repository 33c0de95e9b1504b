import type { Options } from 'tsup'

/** What every package builds: ESM, CommonJS and the types of both. `entry` maps export names to source files. */
export function packageBuild(entry: Record<string, string>): Options {
  return {
    entry,
    format: ['esm', 'cjs'],
    target: 'node20',
    dts: {
      compilerOptions: {
        customConditions: [],
        rewriteRelativeImportExtensions: false,
        noEmit: false,
        allowImportingTsExtensions: true,
        emitDeclarationOnly: true,
      },
    },
    sourcemap: true,
    clean: true,
    treeshake: true,
    shims: true,
    // Deno and Workers know built-in modules only by `node:`.
    removeNodeProtocol: false,
    tsconfig: '../../tsconfig.json',
  }
}
