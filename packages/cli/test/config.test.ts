import { expect, test } from 'vitest'
import { makeProject } from './project.ts'

const making = `createLeadhooks({
  storage: memoryStorage(),
  encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
})`
const imports = `import { createLeadhooks, memoryStorage } from '@leadhooks/core'`
const requires = `const { createLeadhooks, memoryStorage } = require('@leadhooks/core')`
const patience = { timeout: 30_000 }

const working: Record<string, Record<string, string>> = {
  'an instance, in JavaScript': { 'leadhooks.config.mjs': `${imports}\nexport default ${making}` },
  'a function': { 'leadhooks.config.mjs': `${imports}\nexport default () => ${making}` },
  'an async function': { 'leadhooks.config.js': `${imports}\nexport default async () => ${making}` },
  'an instance, in CommonJS': { 'leadhooks.config.cjs': `${requires}\nmodule.exports = ${making}` },
  'what TypeScript compiles to CommonJS': {
    'leadhooks.config.cjs': `${requires}\nexports.__esModule = true\nexports.default = ${making}`,
  },
  'TypeScript with relative imports, enums and a top-level await': {
    'settings.ts': `export enum Mode { Test = 'test' }\nexport const mode: Mode = Mode.Test`,
    'leadhooks.config.ts': `
      ${imports}
      import { mode } from './settings'
      const settled: string = await Promise.resolve(mode)
      if (settled !== 'test') throw new Error(settled)
      export default ${making}
    `,
  },
  'what another module of the application has made': {
    'leadhooks.ts': `${imports}\nexport const leadhooks = ${making}`,
    'leadhooks.config.ts': `export { leadhooks as default } from './leadhooks'`,
  },
  'TypeScript that is an ES module by its name': {
    'leadhooks.config.mts': `${imports}\nexport default async (): Promise<unknown> => ${making}`,
  },
}

test.each(Object.entries(working))('a config may export %s', patience, async (_, files) => {
  const { exitCode, stdout, stderr } = await makeProject(files).leadhooks('doctor')
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^\[warning\] memory /)
  expect(exitCode).toBe(0)
})

test('a config can be named, and be TypeScript for CommonJS', patience, async () => {
  const project = makeProject({
    'leadhooks.config.mjs': 'throw new Error("not this one")',
    'other.cts': `${imports}\nmodule.exports = () => ${making}`,
  })
  expect(await project.leadhooks('doctor', '--config', 'other.cts')).toMatchObject({ exitCode: 0 })
  expect(await project.leadhooks('migrate', '-c', './other.cts')).toMatchObject({ exitCode: 0 })
})

test('what a config leaves open for the host does not keep a command from ending', patience, async () => {
  const project = makeProject({
    'leadhooks.config.mjs': `${imports}\nsetInterval(() => {}, 1000)\nexport default ${making}`,
  })
  expect(await project.leadhooks('migrate')).toMatchObject({ exitCode: 0 })
})

const toBePutRight: Record<string, { files: Record<string, string>; args?: string[]; says: RegExp }> = {
  'is missing': { files: {}, says: /^No config file in .*leadhooks\.config\.ts.*createLeadhooks.*--config/ },
  'is missing where it was named': {
    files: { 'leadhooks.config.mjs': '' },
    args: ['--config', 'nowhere.ts'],
    says: /^The config file .*nowhere\.ts does not exist\n$/,
  },
  'is no code': {
    files: { 'leadhooks.json': '{}' },
    args: ['--config', 'leadhooks.json'],
    says: /^The config file .*leadhooks\.json is neither JavaScript nor TypeScript/,
  },
  'exports nothing': {
    files: { 'leadhooks.config.mjs': '' },
    says: /^leadhooks\.config\.mjs exports nothing: it must export/,
  },
  'exports it by another name': {
    files: { 'leadhooks.config.mjs': `${imports}\nexport const leadhooks = ${making}` },
    says: /^leadhooks\.config\.mjs exports only leadhooks, and no default: it must export/,
  },
  'exports something else': {
    files: { 'leadhooks.config.mjs': 'export default { storage: 1, encryptionKeys: [] }' },
    says: /^leadhooks\.config\.mjs exports an object with storage, encryptionKeys: it must export/,
  },
  'exports a function that makes something else': {
    files: { 'leadhooks.config.ts': 'export default (): string => "leadhooks"' },
    says: /^leadhooks\.config\.ts exports leadhooks: it must export/,
  },
}

test.each(Object.entries(toBePutRight))(
  'a config that %s is refused, with what to do',
  patience,
  async (_, { files, args = [], says }) => {
    const { exitCode, stdout, stderr } = await makeProject(files).leadhooks('doctor', ...args)
    expect(stderr).toMatch(says)
    expect(stderr.trimEnd()).not.toContain('\n')
    expect([exitCode, stdout]).toEqual([2, ''])
  },
)

const failing: Record<string, { code: string; says: string }> = {
  'throws an error of its own': {
    code: `throw new Error('DATABASE_URL is not set')`,
    says: 'leadhooks.config.mjs cannot be loaded: DATABASE_URL is not set\n',
  },
  'throws something that is no error': {
    code: `throw 'a string'`,
    says: 'leadhooks.config.mjs cannot be loaded: a string\n',
  },
  'has options that Leadhooks refuses': {
    code: `${imports}\nexport default () => createLeadhooks({ storage: memoryStorage(), encryptionKeys: [] })`,
    says: 'invalid_options: `encryptionKeys` needs at least one key.',
  },
}

test.each(Object.entries(failing))(
  'a config that %s ends the command',
  patience,
  async (_, { code, says }) => {
    const project = makeProject({ 'leadhooks.config.mjs': code })
    const { exitCode, stderr } = await project.leadhooks('doctor')
    expect(stderr.startsWith(says)).toBe(true)
    expect(stderr, 'No stack').not.toMatch(/^ +at /m)
    expect(exitCode).toBe(1)
  },
)

test('--verbose shows where an error comes from', patience, async () => {
  const project = makeProject({ 'leadhooks.config.mjs': `throw new Error('DATABASE_URL is not set')` })
  const { stderr } = await project.leadhooks('doctor', '--verbose')
  expect(stderr).toMatch(/^ +at .*leadhooks\.config\.mjs:1:7/m)
})
