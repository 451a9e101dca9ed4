import { suite } from 'uvu'
import { type Pair, startPair } from '../support/pair.ts'

const test = suite('string')
let pair: Pair

test.before(async () => {
  pair = await startPair()
})
test.after(() => pair.stop())

test('SET and GET', async () => {
  await pair.script('SET a 1', 'GET a', 'GET none', 'SET a "\\x00\\r\\n"', 'GET a')
})

test.run()
