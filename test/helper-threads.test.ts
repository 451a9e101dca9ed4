// The threads on which the JavaScript engine compiles and collects give way to the one that runs commands.
import { readdirSync } from 'node:fs'
import { constants, getPriority } from 'node:os'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startModis } from './support/servers.ts'

const test = suite('helper threads')
const MORE = 10

test('threads that were there at the start are nicer than the main one', async () => {
  if (process.platform !== 'linux') return
  const modis = await startModis()
  try {
    const main = modis.process.pid ?? 0
    const threads = readdirSync(`/proc/${main}/task`).map(Number)
    const own = getPriority()
    assert.is(getPriority(main), own)
    const expected = Math.min(own + MORE, constants.priority.PRIORITY_LOW)
    const nicer = threads.filter((thread) => getPriority(thread) === expected && thread !== main)
    assert.ok(nicer.length >= 4, `${nicer.length} of ${threads.length} threads are nicer`)
  } finally {
    await modis.stop()
  }
})

test.run()
