import { describe, expect, test } from 'vitest'
import type { Role } from '../model/api-key.ts'
import { type Access, accessOf, fullAccess, includesAccess, isGranted } from './permissions.ts'

const role = (name: Role): Access => accessOf({ role: name, permissions: [] })
const list = (...permissions: string[]): Access => accessOf({ role: null, permissions })

describe('what a key may do', () => {
  test.each([
    [list('read:contacts'), 'read:contacts', true],
    [list('read:contacts'), 'write:contacts', false],
    [list('read:contacts'), 'read:leads', false],
    [list('read:*'), 'read:contacts', true],
    [list('read:*'), 'write:contacts', false],
    [list('*:contacts'), 'delete:contacts', true],
    [list('*:contacts'), 'read:leads', false],
    [list('*'), 'read:secrets', true],
    [list('*:*'), 'write:api-keys', true],
    [list('read:contacts'), 'read:*', false],
    [list('read:*'), 'read:*', true],
    [list('read:*'), '*', false],
    [role('admin'), 'write:api-keys', true],
    [role('read_write'), 'write:webhooks', true],
    [role('read_write'), 'delete:webhooks', true],
    [role('read_write'), 'read:api-keys', false],
    [role('read_write'), 'read:audit-log', false],
    [role('read_write'), 'read:secrets', false],
    [role('read_only'), 'read:api-keys', true],
    [role('read_only'), 'read:secrets', false],
    [role('read_only'), 'write:webhooks', false],
  ])('%j and %s: %s', (access, permission, granted) => {
    expect(isGranted(access, permission)).toBe(granted)
  })
})

describe('a key can never grant what it lacks', () => {
  test.each([
    [fullAccess, role('admin'), true],
    [fullAccess, list('*'), true],
    [role('read_write'), role('read_only'), false], // read_only reads API keys and the audit log
    [role('read_write'), list('read:contacts'), true],
    [role('read_write'), list('read:*'), false], // would reach API keys
    [role('read_write'), list('read:secrets'), false],
    [role('read_write'), role('read_write'), true],
    [role('read_write'), role('admin'), false],
    [role('read_only'), role('read_only'), true],
    [role('read_only'), list('write:contacts'), false],
    [role('read_only'), list('*'), false],
    [list('read:contacts', 'write:contacts'), list('read:contacts'), true],
    [list('read:contacts'), list('read:*'), false],
    [list('read:*'), role('read_only'), true],
    [list('*:contacts'), list('delete:contacts', 'read:contacts'), true],
  ])('%j makes %j: %s', (access, wanted, allowed) => {
    expect(includesAccess(access, wanted)).toBe(allowed)
  })
})
