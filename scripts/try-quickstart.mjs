// Follows docs/quickstart.md to the letter, for each framework that it names, with packed packages in place of those on npm: runs its
// commands in one shell, writes its files, and waits for the line that it promises.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const promised = `verified new_lead { name: 'Ada' }`

/** The blocks of code of the page, in order: a command, or a file with its name. Those of other frameworks are left out. */
function stepsFor(framework) {
  const text = readFileSync(join(root, 'docs', 'quickstart.md'), 'utf8')
  const blocks = [...text.matchAll(/^```(sh|js)(?: \[([^\]\n]+)\])?\n(.*?)^```/gms)]
  return blocks
    .filter(([, , title]) => title === undefined || title === framework || title.endsWith('.js'))
    .map(([, language, title, content]) =>
      language === 'sh' ? { content } : { file: title === framework ? 'server.js' : title, content },
    )
}

/** `tarballs` has the path of each package by its name: `@leadhooks/core`. */
export async function tryQuickstart(framework, folder, tarballs, node) {
  mkdirSync(folder)
  const [install, ...steps] = stepsFor(framework)
  // What the named packages depend on comes along, as it would from npm.
  const commands = install.content
    .replaceAll(/@leadhooks\/[\w-]+/g, (name) => tarballs[name])
    .replace('npm install', `npm install ${tarballs['@leadhooks/sql']}`)
  const env = {
    ...process.env,
    PATH: `${join(node, '..')}:${process.env.PATH}`,
    npm_config_audit: 'false',
    npm_config_fund: 'false',
  }
  const { status, stderr } = spawnSync('bash', ['-ec', commands], { cwd: folder, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`The quickstart cannot be installed:\n${stderr}`)

  const crm = join(folder, 'crm')
  for (const { file, content } of steps) if (file !== undefined) writeFileSync(join(crm, file), content)
  const [start, register, send] = steps.filter(({ file }) => file === undefined).map(({ content }) => content)
  const shells = []
  const shell = (commands) => {
    const child = spawn('bash', ['-ec', commands], {
      cwd: crm,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    shells.push(child)
    return child
  }
  try {
    await says(shell(start), 'http://localhost:3000')
    await says(shell(`${register}${send}wait`), promised)
  } finally {
    for (const { pid } of shells) process.kill(-pid, 'SIGKILL')
  }
}

/** Waits until a shell has printed a line. */
function says(child, line) {
  let heard = ''
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`The quickstart ${why}, and has not said "${line}":\n${heard}`))
    const timer = setTimeout(fail, 120_000, 'took two minutes')
    child.once('exit', (code) => fail(`ended with ${code}`))
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        heard += chunk
        if (!heard.includes(line)) return
        clearTimeout(timer)
        resolve()
      })
    }
  })
}
