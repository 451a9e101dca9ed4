import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type ArgumentSchema, arg, type Key } from '../src/index.ts'
import { compileKeyFinder, compileParser } from '../src/internal.ts'
import { ListArgs } from './list-args.ts'

/** Parses the words of a command line; keys are shown as `key(name)`. */
const parse = (schema: ArgumentSchema, line: string): Record<string, unknown> => {
  const args = new ListArgs(line.split(' '))
  return compileParser(schema)(args, (from, index) => `key(${from.string(index)})` as unknown as Key)
}

const set: ArgumentSchema = {
  key: arg.key('W'),
  value: arg.string(),
  condition: arg.optional(arg.oneof({ nx: arg.token('NX'), xx: arg.token('XX') })),
  get: arg.token('GET'),
  expiration: arg.optional(
    arg.oneof({
      seconds: arg.integer({ token: 'EX', min: 1 }),
      unixTimeSeconds: arg.unixTime({ token: 'EXAT' }),
      keepTtl: arg.token('KEEPTTL'),
    }),
  ),
}

test('positional arguments and options in any order', () => {
  const absent = { key: 'key(k)', value: 'v', condition: undefined, get: false, expiration: undefined }
  assert.equal(parse(set, 'SET k v'), absent)
  assert.equal(parse(set, 'SET k v get'), { ...absent, get: true })
  const expected = { ...absent, get: true, condition: 'nx', expiration: { seconds: 10 } }
  assert.equal(parse(set, 'SET k v NX GET EX 10'), expected)
  assert.equal(parse(set, 'SET k v ex 10 get nx'), expected)
  assert.equal(parse(set, 'SET k v KEEPTTL'), { ...absent, expiration: { keepTtl: true } })
  assert.equal(parse(set, 'SET k nx nx'), { ...absent, value: 'nx', condition: 'nx' })
})

test('what is not an option, is given twice, or lacks its value, is a syntax error', () => {
  const options = '; the options are NX, XX, GET, EX, EXAT, KEEPTTL'
  const reasons: readonly (readonly [rest: string, reason: string])[] = [
    ['what', `unexpected 'what'${options}`],
    ['GET extra', `unexpected 'extra'${options}`],
    ['NX XX', "'XX' where condition was given already"],
    ['NX NX', "'NX' where condition was given already"],
    ['EX', 'seconds is missing'],
    ['EX 10 EXAT 11', "'EXAT' where expiration was given already"],
  ]
  for (const [rest, reason] of reasons)
    assert.throws(
      () => parse(set, `SET k v ${rest}`),
      (error: Error) => error.message === `syntax error: ${reason}`,
      rest,
    )
})

test('more arguments than there can be are counted, not read', () => {
  const schema = { name: arg.string({ default: 'x' }) }
  assert.throws(() => parse(schema, 'C.Do a b'), /^wrong number of arguments for 'c\.do' command$/)
  const words = new ListArgs(['BOX', 'Put', 'a', 'b'])
  const parser = compileParser(schema, 2)
  assert.throws(() => parser(words, () => undefined as never), /for 'box\|put' command$/)
})

test('an error names the argument, what is allowed and the value', () => {
  assert.throws(() => parse(set, 'SET k v EX 0'), /^seconds must be at least 1, got '0'$/)
  assert.throws(
    () => parse(set, 'SET k v EX x'),
    /^value is not an integer or out of range: seconds must be an integer, at least 1, got 'x'$/,
  )
  const schema = {
    maxBurst: arg.integer({ min: 1, max: 5 }),
    wide: arg.integer64({ max: 9n }),
    ratio: arg.double({ min: 0 }),
    note: arg.string({ maxLength: 3 }),
  }
  assert.throws(() => parse(schema, 'c 6 1 1 n'), /^max-burst must be between 1 and 5, got '6'$/)
  assert.throws(() => parse(schema, 'c 5 10 1 n'), /^wide must be at most 9, got '10'$/)
  assert.throws(() => parse(schema, 'c 5 9 -0.5 n'), /^ratio must be at least 0, got '-0.5'$/)
  assert.throws(
    () => parse(schema, 'c 5 9 nan n'),
    /^value is not a valid float: ratio must be a number, at least 0, got 'nan'$/,
  )
  assert.throws(() => parse(schema, 'c 5 9 1 note'), /^note must not be longer than 3 bytes, got 4 bytes$/)
  const parsed = parse(schema, 'c 5 -9223372036854775808 inf n')
  assert.equal(parsed, {
    maxBurst: 5,
    wide: -9223372036854775808n,
    ratio: Number.POSITIVE_INFINITY,
    note: 'n',
  })
})

test('numbers are read as strictly as Redis reads them', () => {
  for (const text of ['01', '+1', ' 1', '1 ', '1.0', '', '-', '-0', '9007199254740992', '0x10']) {
    const args = new ListArgs(['c', text])
    assert.throws(
      () => compileParser({ n: arg.integer() })(args, () => undefined as never),
      /not an integer/,
      text,
    )
  }
  for (const text of ['1x', '', '.', 'e5', '1e400', '0x1p3', ' 1']) {
    const args = new ListArgs(['c', text])
    assert.throws(
      () => compileParser({ n: arg.double() })(args, () => undefined as never),
      /valid float/,
      text,
    )
  }
  assert.equal(parse({ n: arg.double() }, 'c -.5e2'), { n: -50 })
})

test('defaults and optional arguments take what is left over from those that must be there', () => {
  const schema = { key: arg.key('R'), count: arg.integer({ default: 1 }), note: arg.optional(arg.string()) }
  assert.equal(parse(schema, 'c k'), { key: 'key(k)', count: 1, note: undefined })
  assert.equal(parse(schema, 'c k 5'), { key: 'key(k)', count: 5, note: undefined })
  assert.equal(parse(schema, 'c k 5 n'), { key: 'key(k)', count: 5, note: 'n' })
  const middle = { first: arg.optional(arg.string()), last: arg.string() }
  assert.equal(parse(middle, 'c a'), { first: undefined, last: 'a' })
  assert.equal(parse(middle, 'c a b'), { first: 'a', last: 'b' })
  const before = { count: arg.optional(arg.integer()), withScores: arg.token('WITHSCORES') }
  assert.equal(parse(before, 'c WITHSCORES'), { count: undefined, withScores: true })
  assert.equal(parse(before, 'c 2 WITHSCORES'), { count: 2, withScores: true })
})

test('repeated arguments leave room for what follows', () => {
  const pop = { keys: arg.keys('RW'), timeout: arg.double() }
  assert.equal(parse(pop, 'c a b 1.5'), { keys: ['key(a)', 'key(b)'], timeout: 1.5 })
  assert.throws(() => parse(pop, 'c 1.5'), /^syntax error: keys is missing$/)
  const add: ArgumentSchema = {
    key: arg.key('RW'),
    change: arg.token('CH'),
    data: arg.many(arg.block({ score: arg.double(), member: arg.string() })),
  }
  assert.equal(parse(add, 'c k CH 1 a 2 ch'), {
    key: 'key(k)',
    change: true,
    data: [
      { score: 1, member: 'a' },
      { score: 2, member: 'ch' },
    ],
  })
  assert.throws(() => parse(add, 'c k 1 a 2'), /^syntax error: member is missing$/)
  const none = { names: arg.many(arg.string(), { min: 0, max: 2 }) }
  assert.equal(parse(none, 'c'), { names: [] })
  assert.equal(parse(none, 'c a b'), { names: ['a', 'b'] })
  const bounded = { ...none, all: arg.token('ALL') }
  assert.throws(() => parse(bounded, 'c a b c'), /^names may be given at most 2 times, got 3$/)
})

test('a list made for one call is not shared with the next', () => {
  const parser = compileParser({ names: arg.many(arg.string(), { min: 0 }) })
  const open = (): never => undefined as never
  parser(new ListArgs(['c']), open).names.push('left over')
  assert.equal(parser(new ListArgs(['c']), open), { names: [] })
})

test('repeated arguments end at the options that follow, whatever the order of those', () => {
  const union: ArgumentSchema = {
    keys: arg.keys('R', { count: 'numkeys' }),
    aggregate: arg.optional(
      arg.oneof({ sum: arg.token('SUM'), max: arg.token('MAX') }, { token: 'AGGREGATE' }),
    ),
    weights: arg.optional(arg.many(arg.double({ token: 'WEIGHTS' }))),
    withScores: arg.token('WITHSCORES'),
  }
  const expected = { keys: ['key(a)', 'key(b)'], aggregate: 'max', weights: [1, 2], withScores: true }
  assert.equal(parse(union, 'c 2 a b WEIGHTS 1 2 AGGREGATE MAX WITHSCORES'), expected)
  assert.equal(parse(union, 'c 2 a b withscores aggregate max weights 1 2'), expected)
  const bare = { aggregate: undefined, weights: undefined, withScores: false }
  assert.equal(parse(union, 'c 1 a'), { keys: ['key(a)'], ...bare })
  assert.throws(() => parse(union, 'c 0 a'), /^numkeys should be greater than 0$/)
  assert.throws(() => parse(union, 'c 3 a b'), /^numkeys can't be greater than number of args$/)
  assert.throws(() => parse(union, 'c 2 a b WEIGHTS'), /^syntax error: weights is missing$/)
  assert.throws(
    () => parse(union, 'c x a'),
    /^value is not an integer or out of range: numkeys must be an integer, got 'x'$/,
  )
})

test('a token before every element', () => {
  const sort: ArgumentSchema = {
    key: arg.key('R'),
    by: arg.optional(arg.pattern({ token: 'BY' })),
    limit: arg.optional(arg.block({ offset: arg.integer(), count: arg.integer() }, { token: 'LIMIT' })),
    get: arg.many(arg.pattern({ token: 'GET' }), { min: 0, repeatToken: true }),
    destination: arg.optional(arg.key({ access: 'W', token: 'STORE' })),
  }
  assert.equal(parse(sort, 'SORT k GET # GET a* LIMIT 0 5 STORE d'), {
    key: 'key(k)',
    by: undefined,
    limit: { offset: 0, count: 5 },
    get: ['#', 'a*'],
    destination: 'key(d)',
  })
  assert.equal(parse(sort, 'SORT k').get, [])
  assert.throws(() => parse(sort, 'SORT k LIMIT 1'), /^syntax error: count is missing$/)
})

test('alternatives that no token tells apart are tried in order', () => {
  const schema = { id: arg.oneof({ last: arg.token('$'), number: arg.integer(), name: arg.string() }) }
  assert.equal(parse(schema, 'c $'), { id: { last: true } })
  assert.equal(parse(schema, 'c 5'), { id: { number: 5 } })
  assert.equal(parse(schema, 'c x'), { id: { name: 'x' } })
})

test('words that must be there, and subcommands one position later', () => {
  const schema = { no: arg.token('NO', { required: true }), one: arg.token('ONE', { required: true }) }
  assert.equal(parse(schema, 'REPLICAOF no one'), { no: true, one: true })
  assert.throws(() => parse(schema, 'REPLICAOF no two'), /^syntax error: expected ONE, got 'two'$/)
  const side = { side: arg.oneof({ left: arg.token('LEFT'), right: arg.token('RIGHT') }) }
  assert.throws(() => parse(side, 'c up'), /^syntax error: expected LEFT or RIGHT, got 'up'$/)
  const parsed = compileParser({ name: arg.string() }, 2)(
    new ListArgs(['a', 'b', 'c']),
    () => undefined as never,
  )
  assert.equal(parsed, { name: 'c' })
})

test('keys are found wherever they stand', () => {
  const find = compileKeyFinder({
    destination: arg.key('W'),
    keys: arg.keys('R', { count: 'numkeys' }),
    others: arg.optional(arg.block({ key: arg.key('RM'), value: arg.string() }, { token: 'WITH' })),
  })
  assert.equal(find(new ListArgs('c d 2 a b WITH k v'.split(' '))), [
    { index: 1, flags: ['OW', 'update'] },
    { index: 3, flags: ['RO', 'access'] },
    { index: 4, flags: ['RO', 'access'] },
    { index: 6, flags: ['RM', 'delete'] },
  ])
})

test.run()
