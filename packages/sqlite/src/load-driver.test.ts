import { expect, test } from 'vitest'
import { checkNodeApi, loadDriver } from './load-driver.ts'

test('a driver that this Node would die of is refused with a sentence', () => {
  expect(() => checkNodeApi('13.2.0', '9')).toThrow(
    /needs Node 22\.14 or newer.*npm install better-sqlite3@12/,
  )
})

test.each([
  ['13.2.0', '10'],
  ['14.0.0', '11'],
  ['12.11.1', '9'],
])('better-sqlite3 %s runs with Node-API %s', (driver, nodeApi) => {
  expect(() => checkNodeApi(driver, nodeApi)).not.toThrow()
})

test('the driver is found', () => {
  expect(loadDriver()).toBeTypeOf('function')
})
