// The one door to every task, for a machine that has only Node and npm: installs what is missing, then runs the task
// with the Node and the tools that the workspace pins.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const [task, ...args] = process.argv.slice(2)
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const env = { ...process.env, PATH: join(root, 'node_modules', '.bin') + delimiter + process.env.PATH }
// What `npm run` exports about itself must not reach the npm and pnpm that are started from here.
for (const name of Object.keys(env)) {
  if (/^npm_(config_(?!registry|cafile|nodedir|userconfig|cache)|package_|lifecycle)/i.test(name))
    delete env[name]
}

// Ctrl-C reaches the whole group: the task ends by itself in good order, and this waits for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})

function run(command, commandArgs) {
  const result = spawnSync(command, commandArgs, {
    cwd: root,
    env,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (result.error) console.error(`Cannot run ${command}: ${result.error.message}`)
  if (result.status !== 0) process.exit(result.status ?? 1)
}

/** Installs when the lockfile, the workspace file or the platform changed since the last install. */
function install() {
  const stamp = join(root, 'node_modules', '.leadhooks-installed')
  const hash = createHash('sha256')
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(join(root, file)))
  const wanted = hash.update(process.platform + process.arch).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  console.log('Installing the dependencies (only the first time) ...')
  run('npm', ['exec', '--yes', `--package=${packageManager}`, '--', 'pnpm', 'install', '--frozen-lockfile'])
  writeFileSync(stamp, wanted)
}

/** Development needs Node 22.18; on Linux the workspace brings its own, elsewhere the system's must do. */
function requireNode() {
  const version =
    spawnSync('node', ['--version'], { env, encoding: 'utf8' }).stdout?.trim() ?? process.version
  const [major, minor] = version.slice(1).split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 18)) return
  console.error(
    `This needs Node 22.18 or newer here, found ${version}: install Node 24 (https://nodejs.org) and run it again.`,
  )
  process.exit(1)
}

const repository = 'https://github.com/leadhooks/leadhooks'
const sourceCondition = '--conditions=@leadhooks/source'
const tasks = {
  quickstart: () => run('node', [sourceCondition, 'examples/lead-crm/src/quickstart.ts', ...args]),
  test: () => run('vitest', ['run', '--config', 'vitest.workspace.ts', ...args]),
  'test:faults': () => {
    // One scenario at a time, and each at full size.
    env.LEADHOOKS_FAULTS = 'full'
    const alone = ['--project', 'fault-tests', '--no-file-parallelism']
    run('vitest', ['run', '--config', 'vitest.workspace.ts', ...alone, ...args])
  },
  bench: () => run('node', [sourceCondition, '--expose-gc', 'packages/benchmarks/src/main.ts', ...args]),
  build: () => run('pnpm', ['-r', '--filter', './packages/*', 'run', 'build']),
  lint: () => {
    run('oxlint', ['--type-aware', '--deny-warnings'])
    run('oxfmt', ['--check'])
    env.REDOCLY_TELEMETRY = 'off'
    env.REDOCLY_SUPPRESS_UPDATE_NOTICE = 'true'
    run('redocly', ['lint', 'docs/openapi.json', '--max-problems', '20', '--format', 'stylish'])
    // Links between pages, and to their headings.
    const plugins = ['remark-gfm', 'remark-frontmatter', `remark-validate-links=repository:"${repository}"`]
    const pages = ['.', '--ignore-pattern', 'CHANGELOG.md,*.api.md,docs/requirements/*.md']
    run('remark', [
      ...plugins.flatMap((plugin) => ['--use', plugin]),
      '--frail',
      '--quiet',
      '--no-stdout',
      ...pages,
    ])
  },
  format: () => run('oxfmt', []),
  typecheck: () => {
    for (const project of ['tsconfig.json', 'packages/react', 'packages/admin', 'examples/open-house-crm'])
      run('node', ['node_modules/@typescript/native/bin/tsc', '--noEmit', '-p', project])
  },
  packages: () => {
    run('node', ['scripts/api-reports.mjs'])
    run('node', ['scripts/check-packages.mjs'])
  },
  'api-reports': () => {
    tasks.build()
    run('node', ['scripts/api-reports.mjs', '--write'])
  },
  docs: () => run('vitepress', ['build', 'docs']),
  'docs:dev': () => run('vitepress', ['dev', 'docs']),
  check: () => {
    tasks.lint()
    tasks.typecheck()
    tasks.build()
    tasks.packages()
    tasks.docs()
  },
  // What the release workflow calls: raises the versions by the changesets, and publishes what npm does not have yet.
  'version-packages': () => {
    run('changeset', ['version'])
    run('pnpm', ['install', '--lockfile-only'])
  },
  release: () => {
    tasks.build()
    run('changeset', ['publish'])
  },
}

if (!Object.hasOwn(tasks, task)) {
  console.error(`Unknown task ${task ?? '(none)'}. There are: ${Object.keys(tasks).join(', ')}`)
  process.exit(1)
}
install()
requireNode()
tasks[task]()
