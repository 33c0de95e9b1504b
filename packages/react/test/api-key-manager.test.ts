import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { focused, keepScreens, openStage, overflow, type Stage, violations } from './stage.ts'

const organizationId = 'acme'
let stage: Stage

beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())
beforeEach(() => stage.server.break(undefined))

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })

describe('the states of the list', () => {
  test('nothing yet, with the way to a first key', async () => {
    const page = await stage.open('ApiKeyManager')
    await page.getByText('No API keys yet').waitFor()
    expect(await button(page, 'Create API key').count()).toBe(2)
    expect(await violations(page)).toEqual([])
    await keepScreens(page, 'api-keys-empty')
  })

  test('loading; failed, and tried again; not allowed; signed out', async () => {
    stage.server.break('hang')
    const page = await stage.open('ApiKeyManager')
    await page.getByText('Loading …').waitFor({ state: 'attached' })
    expect(await violations(page)).toEqual([])

    stage.server.break({ status: 502 })
    await page.reload()
    await page.getByText('This could not be loaded').waitFor()
    expect(await violations(page)).toEqual([])
    stage.server.break(undefined)
    await button(page, 'Try again').click()
    await page.getByText('No API keys yet').waitFor()

    const forbidden = await stage.open('ApiKeyManager', { role: 'nobody' })
    await forbidden.getByText('You may not see this').waitFor()
    const signedOut = await stage.open('ApiKeyManager', { role: 'signed_out' })
    await signedOut.getByText('You are signed out').waitFor()
  })

  test('no matches, and the way back', async () => {
    const { apiKey } = await stage.leadhooks.apiKeys.create({ organizationId, name: 'Only one' })
    const page = await stage.open('ApiKeyManager')
    await page.getByLabel('Show', { exact: true }).selectOption('Revoked')
    await page.getByText('Nothing matches').waitFor()
    await button(page, 'Clear filters').click()
    await button(page, 'Only one').first().waitFor()
    await stage.leadhooks.apiKeys.revoke({ organizationId, id: apiKey.id })
  })
})

describe('a token', () => {
  async function createKey(page: Page, name: string): Promise<void> {
    await button(page, 'Create API key').first().click()
    await page.getByLabel('Name').fill(name)
    await page.getByLabel('Read only').check()
    await page.getByRole('dialog').getByRole('button', { name: 'Create API key' }).click()
    await page.getByRole('alertdialog').waitFor()
  }

  test('is shown once: hidden at first, copied on demand, gone afterwards', async () => {
    const page = await stage.open('ApiKeyManager')
    await createKey(page, 'Zapier')
    const dialog = page.getByRole('alertdialog')
    expect(await dialog.textContent()).not.toContain('lh_live_')
    expect(await focused(page)).toBe('Copy')
    expect(await violations(page)).toEqual([])

    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    expect(await dialog.isVisible()).toBe(true)

    await button(page, 'Show').click()
    const token = /lh_live_\w{38}/.exec((await dialog.textContent()) ?? '')?.[0] ?? ''
    await keepScreens(page, 'api-key-token')
    await button(page, 'Hide').click()
    await dialog.getByRole('button', { name: 'Copy' }).first().click()
    await dialog.getByRole('button', { name: 'Copied' }).waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(token)
    expect(await stage.leadhooks.apiKeys.verify(token)).toMatchObject({
      ok: true,
      apiKey: { name: 'Zapier' },
    })

    await button(page, 'I have saved it').click()
    await button(page, 'Zapier').first().waitFor()
    expect(await page.content()).not.toContain(token)
    expect(await page.evaluate('JSON.stringify([localStorage, sessionStorage, location])')).not.toContain(
      token,
    )
  })

  test('is not let go of uncopied without a second question', async () => {
    const page = await stage.open('ApiKeyManager')
    await createKey(page, 'Careless')
    await button(page, 'I have saved it').click()
    await page.getByText('You have not copied it here').waitFor()
    await button(page, 'Go back').click()
    await button(page, 'I have saved it').click()
    await button(page, 'Close without it').click()
    await button(page, 'Careless').first().waitFor()
    // The focus is back where it was.
    expect(await focused(page)).toBe('Create API key')
  })

  test('is selected for the keyboard where the browser refuses the clipboard, and nothing claims that it was copied', async () => {
    const page = await stage.open('ApiKeyManager', { isClipboardDenied: true })
    await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('Denied'))")
    await createKey(page, 'Framed')
    const dialog = page.getByRole('alertdialog')
    await dialog.getByRole('button', { name: 'Copy' }).first().click()
    await dialog.getByText('Your browser does not let this page copy').last().waitFor()
    expect(await dialog.getByText('Copied').count()).toBe(0)
    await expect.poll(() => page.evaluate('String(getSelection())')).toMatch(/^lh_live_\w{38}$/)
  })
})

describe('a key', () => {
  test('is changed, switched off, rotated and revoked', async () => {
    const { apiKey, token } = await stage.leadhooks.apiKeys.create({
      organizationId,
      name: 'Website',
      role: 'read_only',
    })
    const page = await stage.open('ApiKeyManager')
    await button(page, 'Website').first().click()
    await page.getByText('May read everything but secrets').last().waitFor()
    expect(await violations(page)).toEqual([])
    await keepScreens(page, 'api-key-details')
    await button(page, 'Edit').click()
    await page.getByLabel('Name').fill('Website form')
    await page.getByText('More settings').click()
    await page.getByLabel('Allowed addresses').fill('not an address')
    expect(await violations(page)).toEqual([])
    await button(page, 'Save').click()
    await page.getByText('is no IPv4 or IPv6 address').last().waitFor()
    await page.getByLabel('Allowed addresses').fill('203.0.113.7\n10.0.0.0/8')
    await page.getByLabel('Requests per minute').fill('90')
    await button(page, 'Save').click()
    await button(page, 'Website form').first().waitFor()
    expect(await stage.leadhooks.apiKeys.get({ organizationId, id: apiKey.id })).toMatchObject({
      name: 'Website form',
      allowedIps: ['203.0.113.7', '10.0.0.0/8'],
      rateLimits: [{ limit: 90, windowMs: 60_000 }],
    })

    await button(page, 'Rotate Website form').click()
    await page.getByLabel('The present one works for').selectOption('0')
    await page.getByText('is refused from then on').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate', exact: true }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Copy' }).first().click()
    await button(page, 'I have saved it').click()
    expect(await stage.leadhooks.apiKeys.verify(token)).toMatchObject({ ok: false })

    await button(page, 'Revoke Website form').click()
    await page.getByText('This key was never used').waitFor()
    expect(await focused(page)).toBe('Cancel')
    const revoke = page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true })
    expect(await revoke.isDisabled()).toBe(true)
    await page.getByLabel('Type “Website form” to go on').fill('Website form')
    await keepScreens(page, 'api-key-revoke')
    await revoke.click()
    await expect.poll(() => button(page, 'Website form').count()).toBe(0)
    const { revokedAt } = await stage.leadhooks.apiKeys.get({ organizationId, id: apiKey.id })
    expect(revokedAt).toBeInstanceOf(Date)
  })

  test('is shown as it stands, on wide pages and on narrow ones, in pages of twenty', async () => {
    const in3Days = new Date(Date.now() + 3 * 86_400_000)
    await stage.leadhooks.apiKeys.create({
      organizationId,
      name: 'Trial',
      environment: 'test',
      expiresAt: in3Days,
    })
    await stage.leadhooks.apiKeys.create({ organizationId, name: 'Paused', enabled: false })
    await stage.leadhooks.apiKeys.create({
      organizationId,
      name: '<b>bold</b> & "quoted"',
      permissions: ['read:contacts', 'write:leads'],
    })
    const page = await stage.open('ApiKeyManager')
    await page.getByText('Expires soon').waitFor()
    await page.getByText('<b>bold</b> & "quoted"').first().waitFor()
    expect(await violations(page)).toEqual([])
    await keepScreens(page, 'api-keys')

    const narrow = await stage.open('ApiKeyManager', { width: 320 })
    await narrow.getByText('Expires soon').waitFor()
    expect(await overflow(narrow)).toBeLessThanOrEqual(0)
    await keepScreens(narrow, 'api-keys-narrow')

    for (let i = 0; i < 21; i++) await stage.leadhooks.apiKeys.create({ organizationId, name: `Key ${i}` })
    await page.reload()
    await button(page, 'Next').click()
    await page.getByText('Page 2').waitFor()
    await button(page, 'Previous').click()
    await page.getByText('Page 1').waitFor()
  })

  test('speaks another language', async () => {
    const page = await stage.open('ApiKeyManager', { props: { locale: 'de', theme: 'dark' } })
    await page.getByText('API-Schlüssel erstellen').first().waitFor()
    await button(page, 'Weiter').click()
    await page.getByText('übermorgen').waitFor()
  })
})

test('nothing is said in the console, on React 19 and on 18, under a strict content security policy', async () => {
  const old = await openStage(18)
  for (const { open } of [stage, old]) {
    const page = await open('ApiKeyManager')
    const said: string[] = []
    page.on('console', (message) => said.push(message.text()))
    page.on('pageerror', (error) => said.push(String(error)))
    await page.reload()
    await button(page, 'Create API key').first().click()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
    expect(said.filter((text) => !text.includes('React DevTools'))).toEqual([])
  }
  await old.close()
})
