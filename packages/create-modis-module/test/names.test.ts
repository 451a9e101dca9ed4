import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { nameProblems, namesOf } from '../src/package-name.ts'

test('npm takes these names', () => {
  for (const name of ['a', 'word-count', 'word.count', 'word_count', '2fast', '@acme/word-count', '@a/b.c']) {
    assert.equal(nameProblems(name), [], name)
  }
})

test('npm refuses these, each for its reason', () => {
  const refused: [string, string][] = [
    ['', 'is empty'],
    ['WordCount', 'holds upper-case letters'],
    ['.hidden', "starts with '.'"],
    ['_private', "starts with '_'"],
    ['-option', "starts with '-'"],
    ['word count', "holds ' '"],
    [' word', 'starts or ends with a blank'],
    ['word/count', "holds '/'"],
    ['../word', "starts with '.', it holds '/'"],
    ['wörter', "holds 'ö'"],
    ['word!', "holds '!'"],
    ['@/word', 'has an empty scope'],
    ['@acme/', 'is nothing but a scope'],
    ['@acme/.word', "starts with '.'"],
    ['@acme/a/b', "holds '/'"],
    ['node_modules', 'is reserved'],
    ['http', 'is the name of a module of Node'],
    ['a'.repeat(215), 'has 215 characters; npm allows 214'],
  ]
  for (const [name, problem] of refused) assert.is(nameProblems(name).join(', it '), problem, name)
})

test('the names inside a module follow from that of its package', () => {
  assert.equal(namesOf('@acme/word-count'), {
    package: '@acme/word-count',
    module: 'word-count',
    identifier: 'word_count',
    dataType: 'word-coun',
  })
  assert.equal(namesOf('2.fast'), {
    package: '2.fast',
    module: '2.fast',
    identifier: 'module_2_fast',
    dataType: '2-fast---',
  })
})

test.run()
