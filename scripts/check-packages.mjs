// Checks every public package as it would be published: publint and are-the-types-wrong on the packed tarballs; then
// installs those in an empty project, delivers a webhook with them, from ESM and from CommonJS, and runs the command, on
// each Node at hand: the one of the workspace and the one that the machine came with.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { tryQuickstart } from './try-quickstart.mjs'

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'leadhooks-packed-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

function run(command, args, cwd = root, env = process.env) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8' })
  if (status === 0) return stdout.trim()
  throw new Error(`${command} ${args.join(' ')}\n${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`)
}

function manifestOf(name) {
  return JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))
}

/** What publint and are-the-types-wrong have to say about a package, which should be nothing. */
function checkPackage(name) {
  run('pnpm', ['--dir', join(root, 'packages', name), 'pack', '--pack-destination', folder])
  const tarball = join(
    folder,
    readdirSync(folder).find((file) => file.startsWith(`leadhooks-${name}-`)),
  )
  run('publint', ['--strict', tarball])
  if (manifestOf(name).exports === undefined) {
    console.log(`@leadhooks/${name}: publint has nothing to say, and there is nothing to import`)
  } else {
    const { exports } = manifestOf(name)
    const profile = exports['.'].require === undefined ? ['--profile', 'esm-only'] : []
    run('attw', [tarball, '--quiet', '--exclude-entrypoints', 'vectors.json', 'styles.css', ...profile])
    console.log(`@leadhooks/${name}: publint and are-the-types-wrong have nothing to say`)
  }
  return tarball
}

/** Frameworks with server components go by the first line of a file. */
function checkClientDirectives() {
  const dist = join(root, 'packages', 'react', 'dist')
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.js'),
  )) {
    const text = readFileSync(join(dist, file), 'utf8')
    const needsOne = file === 'index.js' || /from 'react'/.test(text)
    if (needsOne && !text.startsWith("'use client';"))
      throw new Error(`react: ${file} is not marked for the client`)
  }
  console.log(`@leadhooks/react: what runs in browsers is marked for them`)
}

/** Loads every entry, and delivers an event to a receiver that verifies it. `$load` is `await import` or `require`. */
const smoke = `
const { createServer } = $load('node:http')
const { createLeadhooks, memoryStorage } = $load('@leadhooks/core')
const { startReceiver } = $load('@leadhooks/core/testing')
const { verifySignature } = $load('@leadhooks/verify-signature')
for (const entry of ['core/storage', 'core/conformance', 'core/node-http', 'core/metrics', 'sql', 'sqlite', 'postgres', 'redis', 'prometheus', 'opentelemetry', 'express', 'fastify', 'client', 'react', 'react/messages/de', 'admin', 'admin/express', 'admin/fastify',
  'verify-signature/webcrypto', 'verify-signature/express', 'verify-signature/fastify', 'verify-signature/fetch']) {
  $load('@leadhooks/' + entry)
}
async function main() {
  const receiver = await startReceiver()
  const leadhooks = createLeadhooks({
    storage: memoryStorage(),
    encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
    network: { allowPrivateAddresses: true, allowHttp: true },
  })
  const { secret } = await leadhooks.webhooks.create({ organizationId: 'acme', url: receiver.url })
  leadhooks.startWorker()
  await leadhooks.dispatchEvent({ organizationId: 'acme', type: 'new_lead', data: { id: 1 } })
  const [{ body, headers }] = await receiver.received(1)
  const { data } = verifySignature({ payload: body, headers, secret })
  if (data.id !== 1) throw new Error('not what was sent')
  await leadhooks.close()
  await receiver.close()
}
main()
`

const config = (storage) => `
import { createLeadhooks, memoryStorage } from '@leadhooks/core'
import { sqliteStorage } from '@leadhooks/sqlite'
enum Key { Id = 'k1' }
export default createLeadhooks({
  storage: ${storage},
  encryptionKeys: [{ id: Key.Id, key: Buffer.alloc(32, 1).toString('base64') }],
})
`

/** Runs the command as a user would: its version, and a doctor who finds nothing wrong. */
function tryCommand(project, version, node) {
  const env = { ...process.env, PATH: dirname(node) + delimiter + process.env.PATH }
  const leadhooks = (...args) => run(join(project, 'node_modules', '.bin', 'leadhooks'), args, project, env)
  if (leadhooks('--version') !== manifestOf('cli').version) throw new Error('not the version of the package')
  leadhooks('doctor', '--config', 'memory.config.ts')
  // The driver of SQLite is built for this version of Node-API.
  const hasDriver = Number(run(node, ['-p', 'process.versions.napi'])) >= 10
  if (hasDriver) {
    leadhooks('migrate')
    leadhooks('doctor')
  }
  console.log(`The command runs on Node ${version}, ${hasDriver ? 'on a file of SQLite' : 'on memory'}`)
}

function nodesAtHand() {
  const candidates = process.env.PATH.split(delimiter).map((directory) => join(directory, 'node'))
  const versions = candidates.filter(existsSync).map((node) => [run(node, ['--version']), node])
  return [...new Map(versions)]
}

function tryInstalled(tarballs) {
  const project = mkdtempSync(join(folder, 'project-'))
  writeFileSync(join(project, 'package.json'), '{ "private": true }')
  // Scripts are left out: the driver of SQLite brings its binary, and compiling it for an old Node takes minutes.
  const options = ['--no-audit', '--no-fund', '--legacy-peer-deps', '--ignore-scripts']
  run(
    'npm',
    [
      'install',
      ...options,
      ...tarballs,
      'express',
      'fastify',
      'pg',
      'prom-client',
      'react',
      'react-dom',
      'kysely@0.28',
      'better-sqlite3@13',
    ],
    project,
  )
  writeFileSync(join(project, 'smoke.mjs'), smoke.replaceAll('$load', 'await import'))
  writeFileSync(join(project, 'smoke.cjs'), smoke.replaceAll('$load', 'require'))
  writeFileSync(join(project, 'memory.config.ts'), config('memoryStorage()'))
  writeFileSync(join(project, 'leadhooks.config.ts'), config(`sqliteStorage({ path: 'crm.db' })`))
  for (const [version, node] of nodesAtHand()) {
    for (const file of ['smoke.mjs', 'smoke.cjs']) run(node, [file], project)
    console.log(`Installed and delivering on Node ${version}, from ESM and CommonJS`)
    tryCommand(project, version, node)
  }
}

/** On the newest Node at hand, which is one that the quickstart asks for. */
async function tryQuickstarts(tarballs) {
  const [[version, node]] = nodesAtHand().toSorted(([a], [b]) => b.localeCompare(a, 'en', { numeric: true }))
  for (const framework of ['Express', 'Fastify']) {
    await tryQuickstart(framework, join(folder, framework), tarballs, node)
    console.log(`The quickstart of ${framework} delivers and verifies, on Node ${version}`)
  }
}

checkClientDirectives()
const isPublic = (name) => !manifestOf(name).private
const tarballs = Object.fromEntries(
  readdirSync(join(root, 'packages'))
    .filter(isPublic)
    .map((name) => [`@leadhooks/${name}`, checkPackage(name)]),
)
tryInstalled(Object.values(tarballs))
await tryQuickstarts(tarballs)
