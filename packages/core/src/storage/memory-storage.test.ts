import { test } from 'vitest'
import { storageConformance } from '../conformance/storage.ts'
import { memoryStorage } from './memory-storage.ts'

for (const { name, run } of storageConformance) test(name, async () => run(async () => memoryStorage()))
