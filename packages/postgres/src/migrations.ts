import type { Migration } from '@leadhooks/sql'
import { initial } from './migrations/0001-initial.ts'

export const migrations: readonly Migration[] = [initial]
