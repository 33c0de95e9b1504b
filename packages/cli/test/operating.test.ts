import type { Leadhooks } from '@leadhooks/core'
import { signPayload } from '@leadhooks/verify-signature'
import { expect, test } from 'vitest'
import type { Project } from './project.ts'
import { eachStorage, openLeadhooks } from './storages.ts'

const patience = { timeout: 60_000 }
const organization = ['--organization', 'acme']
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

process.env['WEBHOOK_SECRET'] = secret

/** A project on a database with tables. */
async function openHost(): Promise<{ host: Project; leadhooks: Leadhooks }> {
  const [[, openProject] = []] = eachStorage
  if (openProject === undefined) throw new Error('There is no storage')
  const { project: host, open } = await openProject()
  const leadhooks = openLeadhooks(open())
  await leadhooks.migrate()
  return { host, leadhooks }
}

test(
  'an event goes from the command line to a receiver of the command line, fails once, and is delivered',
  patience,
  async () => {
    const { host, leadhooks } = await openHost()
    const receiver = host.start('listen', '--port', '0', '--fail', '1')
    await receiver.said('Listening on')
    const [url = ''] = /http:\S+/.exec(receiver.heard()) ?? []
    await leadhooks.webhooks.create({ organizationId: 'acme', url, secret, retry: { delaysMs: [50] } })
    const listed = await host.leadhooks('webhooks', 'list', ...organization)
    expect(listed.stdout).toMatch(/^ID +URL +EVENT TYPES +STATE\nwhk_\w+ +http:.* +all +active\n$/)

    const sent = await host.leadhooks(
      'events',
      'send',
      ...organization,
      '--type',
      'new_lead',
      '--data',
      '{"id":1}',
    )
    expect(sent).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^evt_\w+: deliveries: 1\n$/) as string,
    })
    const tail = host.start('deliveries', 'tail', ...organization)
    await tail.said('Watching')
    const worker = host.start('worker')
    await expect
      .poll(async () => (await host.leadhooks('deliveries', 'list', ...organization)).stdout, {
        timeout: 30_000,
      })
      .toMatch(/new_lead +delivered +2 /)
    worker.process.kill('SIGTERM')
    await worker.ended

    const { stdout } = await host.leadhooks('deliveries', 'list', ...organization, '--json')
    const [{ id = '' } = {}] = JSON.parse(stdout) as { id?: string }[]
    const inspected = await host.leadhooks('deliveries', 'inspect', id, ...organization)
    expect(inspected.stdout).toMatch(/status +delivered[^]*#1 .* failed .* 500[^]*#2 .* succeeded .* 200/)
    const replayed = await host.leadhooks('deliveries', 'replay', id, ...organization)
    expect(replayed.stdout).toMatch(new RegExp(`^dlv_\\w+ is a replay of ${id}\\n$`))
    const [second = ''] = replayed.stdout.split(' ')
    const again = await host.leadhooks('deliveries', 'replay', second, ...organization)
    const [third = ''] = again.stdout.split(' ')
    const chain = await host.leadhooks('deliveries', 'inspect', third, ...organization)
    expect(chain.stdout).toMatch(new RegExp(`replay of +${second} \\(replay 2 of ${id}\\)`))
    const unknown = await host.leadhooks('deliveries', 'inspect', 'dlv_x', ...organization)
    expect(unknown).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^not_found: /) as string })

    tail.process.kill('SIGINT')
    expect((await tail.ended).stdout).toMatch(/^dlv_\w+ {2}new_lead {2}(retrying|delivered) {2}attempts: \d/)
    receiver.process.kill('SIGINT')
    const heard = (await receiver.ended).stdout
    expect(heard).toMatch(
      /new_lead .* attempt 1\n +The signature is right, answered 500\n[^]*attempt 2\n.*answered 200/,
    )
    expect(heard).toContain('"id": 1')
    expect(heard).not.toContain(secret)
  },
)

test('keys are made, listed without their token, and revoked', patience, async () => {
  const { host } = await openHost()
  const made = await host.leadhooks(
    'keys',
    'create',
    ...organization,
    '--name',
    'Zapier',
    '--role',
    'read_only',
    '--show-token',
  )
  const token = made.stdout.trim()
  expect(token).toMatch(/^lh_live_\w{38}$/)
  expect(made.stderr).not.toContain(token)
  const listed = await host.leadhooks('keys', 'list', ...organization, '--json')
  expect(listed.stdout).not.toContain(token)
  const [{ id = '' } = {}] = JSON.parse(listed.stdout) as { id?: string }[]
  expect(await host.leadhooks('keys', 'revoke', id, ...organization)).toMatchObject({ exitCode: 0 })
  const { stdout } = await host.leadhooks('keys', 'list', ...organization)
  expect(stdout).toMatch(/Zapier +lh_live_.*… *\w* +read_only +\S+Z +\S+Z\n/)
})

test('a signature is verified, and a wrong one told from an old one', patience, async () => {
  const { host } = await openHost()
  const body = '{"id":"evt_1"}'
  const old = 1_700_000_000
  const signature = signPayload({ id: 'evt_1', timestamp: old, payload: body, secret })
  const verify = async (...more: string[]) =>
    host.leadhooks('verify', '--id', 'evt_1', '--timestamp', String(old), '--signature', signature, ...more)
  expect(await verify('--body', body, '--any-age')).toMatchObject({
    exitCode: 0,
    stdout: 'The signature is right\n',
  })
  expect(await verify('--body', body)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^timestamp_too_old/) as string,
  })
  expect(await verify('--body', `${body} `, '--any-age')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^no_match/) as string,
  })
})

test('the API is described, with what can be told without a server', patience, async () => {
  const { stdout } = await (await openHost()).host.leadhooks('openapi')
  expect(JSON.parse(stdout)).toMatchObject({
    openapi: '3.1.0',
    info: { title: expect.stringContaining('Leadhooks') as string },
  })
})
