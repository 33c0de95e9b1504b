import { expect, test } from 'vitest'
import { generateTypes } from './describe-api.ts'

test('the types are those of the table of routes', async () => {
  await expect(await generateTypes()).toMatchFileSnapshot('../src/api-types.ts')
})
