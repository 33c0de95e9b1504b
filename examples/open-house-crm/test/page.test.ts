import { testChromium } from '@leadhooks/test-services/vitest'
import { chromium } from 'playwright-core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { buildPage } from '../src/page.ts'
import { ada, openReceiver, startCrm } from './start-crm.ts'

// A page takes its time on a busy machine; the first one may wait until a browser is installed.
vi.setConfig({ testTimeout: 300_000 })

test('whoever signs in looks after webhooks, logs, tests and API keys on the page', async () => {
  const { url, send } = await startCrm({}, { page: await buildPage() })
  const receiver = await openReceiver()
  await send('POST', '/api/webhooks', { name: 'My Webhook', url: receiver.url })
  const browser = await chromium.launch({
    executablePath: await testChromium(),
    args: ['--no-sandbox', '--disable-gpu'],
  })
  onTestFinished(async () => browser.close())
  const page = await browser.newPage()
  page.setDefaultTimeout(60_000)
  const broken: string[] = []
  page.on('pageerror', (error) => broken.push(error.message))
  await page.goto(url)

  await page.getByLabel('Email').fill(ada.email)
  await page.getByLabel('Password').fill('wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('do not belong together').waitFor()
  await page.getByLabel('Email').fill(ada.email)
  await page.getByLabel('Password').fill(ada.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('My Webhook').first().waitFor()

  const tabs = await page.getByRole('tab').allTextContents()
  expect(tabs).toEqual(['Webhooks', 'Deliveries', 'Analytics', 'Test', 'API keys'])
  await page.getByRole('tab', { name: 'Test', exact: true }).click()
  await page.getByRole('button', { name: /send/i }).click()
  await page.getByText(/The receiver answered 200/).waitFor()
  for (const tab of ['Deliveries', 'Analytics', 'API keys'])
    await page.getByRole('tab', { name: tab }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Password').waitFor()
  expect(broken).toEqual([])
})
