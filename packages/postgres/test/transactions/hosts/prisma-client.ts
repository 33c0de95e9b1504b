import { createRequire } from 'node:module'
import * as runtime from '@prisma/client/runtime/client'

/** What `prisma generate` writes, less the models. */
export interface PrismaClient {
  $connect(): Promise<void>
  $disconnect(): Promise<void>
  $executeRawUnsafe(text: string, ...values: unknown[]): runtime.Types.Public.PrismaPromise<number>
  $queryRawUnsafe<Rows = unknown>(
    text: string,
    ...values: unknown[]
  ): runtime.Types.Public.PrismaPromise<Rows>
  $extends(extension: object): PrismaClient
  $transaction<Result>(
    work: (tx: Omit<PrismaClient, runtime.ITXClientDenyList>) => Promise<Result>,
    options?: { maxWait?: number; timeout?: number; isolationLevel?: string },
  ): Promise<Result>
}

// Its modules have no types, and neither has the WebAssembly of Node.
const require = createRequire(import.meta.url)
const { Module } = Reflect.get(globalThis, 'WebAssembly')

/**
 * The client that `prisma generate` writes for a schema without models, on the runtime of Prisma itself. To generate it in the
 * tests would take a binary for migrations that Prisma downloads first.
 */
export const PrismaClient = runtime.getPrismaClient({
  previewFeatures: [],
  clientVersion: require('@prisma/client/package.json').version,
  engineVersion: '',
  activeProvider: 'postgresql',
  inlineSchema:
    'generator client {\n  provider = "prisma-client"\n}\n\ndatasource db {\n  provider = "postgresql"\n}\n',
  runtimeDataModel: { models: {}, enums: {}, types: {} },
  // As generated: no model, no parameters of one.
  parameterizationSchema: { strings: [], graph: 'AAAA' },
  compilerWasm: {
    getRuntime: async () => require('@prisma/client/runtime/query_compiler_fast_bg.postgresql.js'),
    async getQueryCompilerWasmModule() {
      const { wasm } = require('@prisma/client/runtime/query_compiler_fast_bg.postgresql.wasm-base64.js')
      return new Module(Buffer.from(wasm, 'base64'))
    },
    importName: './query_compiler_fast_bg.js',
  },
}) as unknown as new (options: { adapter: object }) => PrismaClient
