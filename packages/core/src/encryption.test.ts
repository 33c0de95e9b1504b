import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createEncryption } from './encryption.ts'

const key = (): string => randomBytes(32).toString('base64')
const k1 = { id: 'k1', key: key() }
const k2 = { id: 'k2', key: key() }

describe('sealed credentials', () => {
  const encryption = createEncryption([k1])

  test('open again, and never look alike', () => {
    const sealed = encryption.seal('whsec_ü', 'acme/whk_1')
    expect(encryption.open(sealed, 'acme/whk_1')).toBe('whsec_ü')
    expect(encryption.seal('whsec_ü', 'acme/whk_1')).not.toBe(sealed)
    expect(sealed).not.toContain('whsec')
  })

  test('do not open in another row', () => {
    const sealed = encryption.seal('whsec_x', 'acme/whk_1')
    expect(() => encryption.open(sealed, 'acme/whk_2')).toThrow(
      expect.objectContaining({ code: 'undecryptable' }),
    )
  })

  test('do not open once any part was changed or cut', () => {
    const sealed = encryption.seal('whsec_x', 'acme/whk_1')
    const parts = sealed.split('.')
    for (const [index, part] of parts.entries()) {
      const changed = [...parts]
      changed[index] = part.startsWith('A') ? `B${part.slice(1)}` : `A${part.slice(1)}`
      expect(() => encryption.open(changed.join('.'), 'acme/whk_1')).toThrow()
      expect(() => encryption.open(parts.slice(0, index).join('.'), 'acme/whk_1')).toThrow()
    }
    const shortTag = [...parts.slice(0, 4), parts[4]?.slice(0, 6)].join('.')
    expect(() => encryption.open(shortTag, 'acme/whk_1')).toThrow(
      expect.objectContaining({ code: 'undecryptable' }),
    )
  })

  test('open under an older key, and are sealed under the first', () => {
    const old = encryption.seal('whsec_x', 'a')
    const rotated = createEncryption([k2, k1])
    expect(rotated.open(old, 'a')).toBe('whsec_x')
    expect(rotated.seal('y', 'a')).toMatch(/^v1\.k2\./)
  })

  test('name the key that is missing, and not the secret', () => {
    const sealed = createEncryption([k2]).seal('whsec_x', 'a')
    expect(() => encryption.open(sealed, 'a')).toThrow('No encryption key "k2"')
  })
})

describe('encryption keys', () => {
  test.each([
    ['none', []],
    ['missing', [{ id: 'k1', key: undefined }]],
    ['short', [{ id: 'k1', key: 'c2hvcnQ=' }]],
    ['without a proper id', [{ id: 'k.1', key: key() }]],
  ])('%s: refused, with the command that makes one or the rule', (_, keys) => {
    expect(() => createEncryption(keys)).toThrow(/randomBytes\(32\)|letters, digits/)
  })

  test('never appear in the error', () => {
    expect(() => createEncryption([{ id: 'k1', key: 'c2hvcnQ=' }])).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('c2hvcnQ') }),
    )
  })
})
