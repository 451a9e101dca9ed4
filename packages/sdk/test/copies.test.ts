import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as errors from '../src/errors.ts'
import * as replies from '../src/reply.ts'

const errorsUrl: string = new URL('../src/errors.ts?copy', import.meta.url).href
const repliesUrl: string = new URL('../src/reply.ts?copy', import.meta.url).href
const otherErrors: typeof errors = await import(errorsUrl)
const otherReplies: typeof replies = await import(repliesUrl)

test('what another copy of this package makes is recognised', () => {
  assert.is.not(otherErrors.CommandError, errors.CommandError)
  assert.instance(new otherErrors.CommandError('x', 'MOVED'), errors.CommandError)
  assert.instance(new errors.CommandError('x'), otherErrors.CommandError)
  assert.instance(new otherReplies.SimpleString('x'), replies.SimpleString)
  assert.instance(new otherReplies.DoubleValue(1), replies.DoubleValue)
  assert.not.instance(new otherReplies.DoubleValue(1), replies.SimpleString)
})

test('a subclass is not made of every instance of its parent', () => {
  class Special extends errors.CommandError {}
  assert.instance(new Special('x'), errors.CommandError)
  assert.not.instance(new errors.CommandError('x'), Special)
  assert.not.instance(new Error('x'), errors.CommandError)
  for (const value of [null, undefined, 5, 'text']) assert.not.instance(value, errors.CommandError)
})

test.run()
