import type { Argument } from './raw-client.ts'
import { Seeded } from './seeded.ts'

/** A command, and whether the elements of its reply come in an order. */
export interface RandomCommand {
  readonly words: readonly Argument[]
  readonly isOrdered: boolean
}

type Word = () => Argument | readonly Argument[]
type KeyType = 'string' | 'hash' | 'list' | 'set' | 'zset'

/** Few keys, so that commands meet what others left, and sometimes of a type they are not for. */
export const RANDOM_KEYS = ['s0', 's1', 'h0', 'h1', 'l0', 'l1', 't0', 't1', 'z0', 'z1', '']
const FIRST_LETTER: Readonly<Record<KeyType, string>> = {
  string: 's',
  hash: 'h',
  list: 'l',
  set: 't',
  zset: 'z',
}

const TEXTS: readonly Argument[] = [
  ...['', 'a', 'b', 'c', 'd', 'A', '007', ' 7', '1.5', '-0', '1e3', 'a\0b', '\r\n$5\r\n'],
  ...['127', '128', '-129', '4096', '32768', '8388608', '2147483648', '9223372036854775807'],
  ...[43, 44, 45, 64, 65, 253, 4096].map((length) => 'x'.repeat(length)),
  Buffer.from([0, 255, 13, 10, 128]),
]
const ODD_INTEGERS = [
  '',
  'a',
  '1.0',
  '+1',
  ' 1',
  '0x10',
  '-9223372036854775808',
  '9223372036854775807',
  '1e2',
]
const SOME_OPTIONS = [
  'NX',
  'XX',
  'GT',
  'LT',
  'CH',
  'INCR',
  'GET',
  'KEEPTTL',
  'LIMIT',
  'COUNT',
  'REV',
  '0',
  '-1',
]
const PATTERNS = ['*', 'a*', '?', '[a-c]', '[^a]', '*1*', 's?', '\\*', '[', '', '*\\']

/**
 * Commands drawn at random, right and wrong ones, of which Redis 7.0 and 7.2 say the same. Nothing in them depends on chance
 * or time, and scores are such that all versions print them alike.
 */
export class RandomCommands {
  readonly #random: Seeded
  readonly #grammar: readonly (readonly [name: string, ...words: Word[]])[]
  /** Of these commands the order of a reply's elements says nothing. */
  readonly #unordered = new Set([
    'HGETALL',
    'HKEYS',
    'HVALS',
    'SMEMBERS',
    'SINTER',
    'SUNION',
    'SDIFF',
    'KEYS',
  ])

  constructor(seed: number) {
    this.#random = new Seeded(seed)
    this.#grammar = [
      ...this.#strings(),
      ...this.#keys(),
      ...this.#hashesAndSets(),
      ...this.#lists(),
      ...this.#zsets(),
    ]
  }

  next(): RandomCommand {
    const [name, ...rest] = this.#random.pick(this.#grammar)
    let words = [name, ...rest.flatMap((word) => word())]
    if (this.#random.next() < 0.1) words = this.#spoil(words)
    return { words, isOrdered: !this.#unordered.has(name) }
  }

  /** Leaves a word out, says one twice, or puts another in its place or beside it. */
  #spoil(words: Argument[]): Argument[] {
    const random = this.#random
    const at = random.integer(1, words.length)
    const other = random.pick([...SOME_OPTIONS, ...ODD_INTEGERS])
    const kind = random.integer(0, 4)
    if (kind === 0) return words.toSpliced(at, 1)
    if (kind === 1) return words.toSpliced(at, 0, words[at] ?? other)
    return words.toSpliced(at, kind - 2, other)
  }

  #key(type: KeyType): Word {
    return () => {
      const chance = this.#random.next()
      if (chance < 0.1) return this.#random.pick(RANDOM_KEYS)
      return FIRST_LETTER[type] + this.#random.integer(0, 2)
    }
  }

  readonly #anyKey: Word = () => this.#random.pick(RANDOM_KEYS)

  readonly #text: Word = () =>
    this.#random.next() < 0.4 ? this.#random.integer(-3, 20) : this.#random.pick(TEXTS)

  readonly #integer: Word = () =>
    this.#random.next() < 0.9 ? this.#random.integer(-6, 12) : this.#random.pick(ODD_INTEGERS)

  readonly #score: Word = () => {
    const chance = this.#random.next()
    if (chance < 0.9) return this.#random.integer(-20, 20) / 4
    return this.#random.pick(['inf', '-inf', 'nan', '', 'x', '0x10', ' 1', '-0', '1e5', '+2'])
  }

  readonly #scoreBound: Word = () => {
    const bound = this.#random.next() < 0.8 ? this.#score() : this.#random.pick(['-inf', '+inf', '(', '((1'])
    return this.#random.next() < 0.3 ? `(${bound}` : bound
  }

  readonly #seconds: Word = () =>
    this.#random.next() < 0.8 ? this.#random.integer(1000, 9000) : this.#random.pick([0, -1, ...ODD_INTEGERS])

  #some(...words: Word[]): Word {
    return () =>
      Array.from({ length: this.#random.integer(1, 5) }, () => words.flatMap((word) => word())).flat()
  }

  #maybe(...words: (Word | Argument)[]): Word {
    return () =>
      this.#random.next() < 0.6 ? [] : words.flatMap((word) => (typeof word === 'function' ? word() : word))
  }

  #oneOf(...choices: readonly Argument[]): Word {
    return () => this.#random.pick(choices)
  }

  /** Keys after their number, which is wrong now and then. */
  #numberedKeys(type: KeyType): Word {
    return () => {
      const keys = this.#some(this.#key(type))() as readonly Argument[]
      return [this.#random.next() < 0.9 ? keys.length : (this.#integer() as Argument), ...keys]
    }
  }

  #strings(): [string, ...Word[]][] {
    const key = this.#key('string')
    const time = this.#maybe(this.#oneOf('EX', 'PX', 'EXAT'), this.#seconds)
    return [
      ['SET', key, this.#text, time, this.#maybe(this.#oneOf('NX', 'XX', 'GET', 'KEEPTTL'))],
      ['GET', key],
      ['GETEX', key, time, this.#maybe('PERSIST')],
      ['GETDEL', key],
      ['GETSET', key, this.#text],
      ['SETNX', key, this.#text],
      ['SETEX', key, this.#seconds, this.#text],
      ['APPEND', key, this.#text],
      ['STRLEN', key],
      ['SETRANGE', key, this.#integer, this.#text],
      ['GETRANGE', key, this.#integer, this.#integer],
      ['INCR', key],
      ['DECRBY', key, this.#integer],
      ['INCRBYFLOAT', key, this.#score],
      ['MSET', this.#some(key, this.#text)],
      ['MSETNX', this.#some(key, this.#text)],
      ['MGET', this.#some(this.#anyKey)],
    ]
  }

  #keys(): [string, ...Word[]][] {
    const condition = this.#maybe(this.#oneOf('NX', 'XX', 'GT', 'LT'))
    return [
      ['DEL', this.#anyKey],
      ['EXISTS', this.#some(this.#anyKey)],
      ['TYPE', this.#anyKey],
      ['EXPIRE', this.#anyKey, this.#seconds, condition],
      ['PEXPIREAT', this.#anyKey, this.#oneOf(1, -1, 4102444800000, 4102444900000), condition],
      ['PERSIST', this.#anyKey],
      ['RENAME', this.#anyKey, this.#anyKey],
      ['RENAMENX', this.#anyKey, this.#anyKey],
      ['COPY', this.#anyKey, this.#anyKey, this.#maybe('REPLACE')],
      ['KEYS', this.#oneOf(...PATTERNS)],
      ['SORT', this.#key('list'), this.#maybe('LIMIT', this.#integer, this.#integer), this.#maybe('ALPHA')],
      ['SORT', this.#key('set'), () => 'ALPHA', this.#maybe('DESC'), this.#maybe('GET', 's*', 'GET', '#')],
    ]
  }

  #hashesAndSets(): [string, ...Word[]][] {
    const hash = this.#key('hash')
    const set = this.#key('set')
    const text = this.#text
    return [
      ['HSET', hash, this.#some(text, text)],
      ['HSETNX', hash, text, text],
      ['HMGET', hash, this.#some(text)],
      ['HDEL', hash, this.#some(text)],
      ['HINCRBY', hash, text, this.#integer],
      ['HINCRBYFLOAT', hash, text, this.#score],
      ...['HGETALL', 'HKEYS', 'HVALS', 'HLEN'].map((name): [string, Word] => [name, hash]),
      ['SADD', set, this.#some(text)],
      ['SREM', set, this.#some(text)],
      ['SMOVE', set, set, text],
      ['SMISMEMBER', set, this.#some(text)],
      ['SINTERCARD', this.#numberedKeys('set'), this.#maybe('LIMIT', this.#integer)],
      ...['SINTERSTORE', 'SUNIONSTORE', 'SDIFFSTORE'].map((name): [string, ...Word[]] => [
        name,
        set,
        this.#some(set),
      ]),
      ...['SMEMBERS', 'SCARD'].map((name): [string, Word] => [name, set]),
      ...['SINTER', 'SUNION', 'SDIFF'].map((name): [string, Word] => [name, this.#some(set)]),
    ]
  }

  #lists(): [string, ...Word[]][] {
    const key = this.#key('list')
    const side = this.#oneOf('LEFT', 'RIGHT', 'left')
    const count = this.#maybe('COUNT', this.#integer)
    return [
      ...['LPUSH', 'RPUSH', 'LPUSHX'].map((name): [string, ...Word[]] => [name, key, this.#some(this.#text)]),
      ...['LPOP', 'RPOP'].map((name): [string, ...Word[]] => [name, key, this.#maybe(this.#integer)]),
      ['LRANGE', key, this.#integer, this.#integer],
      ['LINDEX', key, this.#integer],
      ['LSET', key, () => this.#random.integer(-6, 12), this.#text],
      ['LTRIM', key, this.#integer, this.#integer],
      ['LREM', key, this.#integer, this.#text],
      ['LINSERT', key, this.#oneOf('BEFORE', 'AFTER'), this.#text, this.#text],
      [
        'LPOS',
        key,
        this.#text,
        this.#maybe('RANK', () => this.#random.integer(-4, 5)),
        count,
        this.#maybe('MAXLEN', this.#integer),
      ],
      ['LMOVE', key, key, side, side],
      ['RPOPLPUSH', key, key],
      ['LMPOP', this.#numberedKeys('list'), side, count],
    ]
  }

  #zsets(): [string, ...Word[]][] {
    const key = this.#key('zset')
    const text = this.#text
    const limit = this.#maybe('LIMIT', this.#integer, this.#integer)
    const scores = this.#maybe('WITHSCORES')
    const how = this.#maybe('AGGREGATE', this.#oneOf('SUM', 'MIN', 'MAX', 'AVG'))
    const weights = this.#maybe('WEIGHTS', this.#some(this.#score))
    const options = this.#maybe(this.#oneOf('NX', 'XX', 'GT', 'LT', 'CH'))
    return [
      ['ZADD', key, options, this.#some(this.#score, text)],
      ['ZADD', key, this.#some(this.#score, text)],
      ['ZINCRBY', key, this.#score, text],
      ['ZREM', key, this.#some(text)],
      ['ZMSCORE', key, this.#some(text)],
      ['ZSCORE', key, text],
      ['ZCOUNT', key, this.#scoreBound, this.#scoreBound],
      ['ZRANGE', key, this.#integer, this.#integer, this.#maybe('REV'), scores],
      ['ZRANGE', key, this.#scoreBound, this.#scoreBound, () => 'BYSCORE', this.#maybe('REV'), limit, scores],
      ['ZRANGESTORE', key, key, this.#integer, this.#integer, this.#maybe('REV')],
      ['ZREVRANGEBYSCORE', key, this.#scoreBound, this.#scoreBound, scores, limit],
      ['ZREMRANGEBYRANK', key, this.#integer, this.#integer],
      ['ZREMRANGEBYSCORE', key, this.#scoreBound, this.#scoreBound],
      ...['ZPOPMIN', 'ZPOPMAX'].map((name): [string, ...Word[]] => [name, key, this.#maybe(this.#integer)]),
      ['ZMPOP', this.#numberedKeys('zset'), this.#oneOf('MIN', 'MAX'), this.#maybe('COUNT', this.#integer)],
      ...['ZUNION', 'ZINTER'].map((name): [string, ...Word[]] => [
        name,
        this.#numberedKeys('zset'),
        weights,
        how,
        scores,
      ]),
      ['ZDIFF', this.#numberedKeys('zset'), scores],
      ['ZUNIONSTORE', key, this.#numberedKeys('zset'), weights, how],
      ['ZINTERCARD', this.#numberedKeys('zset'), this.#maybe('LIMIT', this.#integer)],
    ]
  }
}
