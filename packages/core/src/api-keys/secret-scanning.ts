import { tokenPattern } from './token.ts'

/** What tells secret scanners about tokens: they find those that somebody has committed. */
export interface SecretScanningRules {
  /** A regular expression, without delimiters. */
  pattern: string
  /** A rule file of gitleaks (https://github.com/gitleaks/gitleaks). */
  gitleaks: string
  /** A detector for TruffleHog (https://docs.trufflesecurity.com/custom-detectors). */
  trufflehog: string
  /** A custom pattern for GitHub's secret scanning, field by field. */
  github: string
}

/** The rules for tokens with a prefix: that of `apiKeys.prefix`. */
export function secretScanningRules(prefix = 'lh'): SecretScanningRules {
  const pattern = tokenPattern(prefix)
  return {
    pattern,
    gitleaks: `[[rules]]
id = "leadhooks-api-key"
description = "API key (${prefix}_live_…, ${prefix}_test_…)"
regex = '''\\b(${pattern})\\b'''
secretGroup = 1
keywords = ["${prefix}_live_", "${prefix}_test_"]
`,
    trufflehog: `detectors:
  - name: leadhooks-api-key
    keywords:
      - ${prefix}_live_
      - ${prefix}_test_
    regex:
      token: '\\b(${pattern})\\b'
`,
    github: `Pattern name: API key
Secret format: ${pattern}
Before secret: \\A|[^0-9A-Za-z_]
After secret: \\z|[^0-9A-Za-z_]
`,
  }
}
