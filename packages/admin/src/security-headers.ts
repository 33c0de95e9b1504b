import type { CheckedSettings } from './options.ts'

const own = ['script-src', 'style-src', 'img-src', 'font-src', 'connect-src']

/** Headers of every answer. Nothing comes from elsewhere or from within the page, and no other site gets at it. */
export function securityHeaders({
  frameAncestors,
}: Pick<CheckedSettings, 'frameAncestors'>): Record<string, string> {
  const framers = frameAncestors.length === 0 ? "'none'" : frameAncestors.join(' ')
  const policy = [
    "default-src 'none'",
    ...own.map((directive) => `${directive} 'self'`),
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    `frame-ancestors ${framers}`,
  ]
  return {
    'content-security-policy': policy.join('; '),
    // For browsers that do not know `frame-ancestors`: it can name no other sites.
    ...(frameAncestors.length === 0 && { 'x-frame-options': 'DENY' }),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'x-robots-tag': 'noindex',
  }
}
