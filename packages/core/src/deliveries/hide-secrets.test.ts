import { describe, expect, test } from 'vitest'
import { hideSecrets, secretTexts } from './hide-secrets.ts'

const secret = `s3cret/"pä'ss" & <more>`

describe('a secret that a receiver echoes', () => {
  test.each([
    ['as it is', secret],
    ['in JSON', JSON.stringify({ header: secret })],
    ['in JSON of PHP', '{"header":"s3cret\\/\\"p\\u00e4\'ss\\" & <more>"}'],
    ['in a URL', `https://example.com/?token=${encodeURIComponent(secret)}`],
    ['in a form', new URLSearchParams({ token: secret.replaceAll("'", '') }).toString()],
    ['in HTML', 's3cret/&quot;pä&#39;ss&quot; &amp; &lt;more&gt;'],
    ['in HTML, in hex', 's3cret/&quot;pä&#x27;ss&quot; &amp; &lt;more&gt;'],
  ])('is hidden %s', (name, text) => {
    const value = name === 'in a form' ? secret.replaceAll("'", '') : secret
    const shown = hideSecrets(`before ${text} after`, secretTexts([value]))
    expect(shown).toContain('(hidden)')
    expect(shown).not.toMatch(/s3cret|more/)
  })

  test('is hidden where the answer was cut off within it', () => {
    expect(hideSecrets('got: s3cret/"p', secretTexts([secret]))).toBe('got: (hidden)')
  })

  test('is hidden whole, also where another one is a part of it', () => {
    const shown = hideSecrets('key: abcdef-123456', secretTexts(['abcdef', 'abcdef-123456']))
    expect(shown).toBe('key: (hidden)')
  })

  test('is left alone where it is too short to tell from words', () => {
    expect(hideSecrets('a test', secretTexts(['test']))).toBe('a test')
  })
})
