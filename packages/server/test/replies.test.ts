import { SimpleString, VerbatimString } from '@modis/sdk'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ReplyWriter } from '../src/protocol/reply-writer.ts'
import { writeValue } from '../src/protocol/write-value.ts'

const test = suite('what modules reply')

function written(value: Parameters<typeof writeValue>[1], version: 2 | 3): string {
  const reply = new ReplyWriter()
  reply.version = version
  writeValue(reply, value)
  return reply.take().toString('latin1')
}

test('a simple string stays on its line, so that nothing in it is taken for a reply of its own', () => {
  assert.is(written(new SimpleString('one\r\n+two'), 2), '+one  +two\r\n')
})

test('the format of a verbatim string has three bytes, as its length says', () => {
  assert.is(written(new VerbatimString('txt', 'text'), 3), '=8\r\ntxt:text\r\n')
  assert.is(written(new VerbatimString('markdown', 'text'), 3), '=8\r\nmar:text\r\n')
  assert.is(written(new VerbatimString('m', 'text'), 3), '=8\r\nm  :text\r\n')
  assert.is(written(new VerbatimString('markdown', 'text'), 2), '$4\r\ntext\r\n')
})

test.run()
