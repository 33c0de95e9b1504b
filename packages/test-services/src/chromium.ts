import { aptInstall } from './apt-install.ts'
import { findExecutable } from './find-executable.ts'

const names = ['chromium', 'chromium-browser', 'google-chrome']

/** The path of a Chromium, for playwright-core. */
export function findChromium(): string {
  const named = process.env['TEST_CHROMIUM']
  if (named) return named
  const find = (): string | undefined => names.map(findExecutable).find((path) => path !== undefined)
  const found = find() ?? (aptInstall('chromium') ? find() : undefined)
  if (found) return found
  throw new Error(
    'Found no Chromium, and can install one only as root on Debian: install it, or name it in TEST_CHROMIUM.',
  )
}
