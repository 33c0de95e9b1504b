import { LeadhooksError } from '../errors.ts'

/** Throws `invalid_options` that names the option, and not the URL: it may hold a secret. */
export function checkAlertUrl(option: string, url: string): void {
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : null
  const isHttp = parsed?.protocol === 'https:' || parsed?.protocol === 'http:'
  if (isHttp && parsed.username === '' && parsed.password === '') return
  throw new LeadhooksError('invalid_options', `${option} must be an http or https URL without credentials`)
}
