import type { Migration } from '@leadhooks/sql'
import { initial } from './migrations/0001-initial.ts'
import { duties } from './migrations/0002-duties.ts'

export const migrations: readonly Migration[] = [initial, duties]
