import { existsSync, readdirSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

// The first condition makes tests run from source, so that nothing has to be built before.
const conditions = ['@leadhooks/source', 'module', 'node', 'development|production']

const projects = ['packages', 'examples'].flatMap((folder) =>
  readdirSync(folder)
    .map((name) => ({ name, root: `${folder}/${name}` }))
    .filter(({ root }) => existsSync(`${root}/package.json`)),
)

// They start many processes and wait for most of their time: two files at once, after everything else.
const faultTests = { maxWorkers: 2, sequence: { groupOrder: 1 } }

// A page takes its time on a machine that is busy with others of them; the first one may wait until a browser is installed.
const pageTests = { testTimeout: 90_000, hookTimeout: 300_000 }

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // Of the workspace, not of a project: it runs once, whichever projects are chosen.
    globalSetup: 'packages/test-services/src/vitest-setup.ts',
    projects: projects.map(({ name, root }) => ({
      extends: true as const,
      // Generous, for tests that start servers and processes on a machine that is busy with others of them.
      test: {
        name,
        root,
        include: ['{src,test}/**/*.test.ts'],
        testTimeout: 30_000,
        hookTimeout: 60_000,
        expect: { poll: { timeout: 20_000 } },
        ...(name === 'fault-tests' && faultTests),
        ...(['react', 'admin'].includes(name) && pageTests),
      },
    })),
  },
})
