import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { commands } from '../support/commands.ts'
import { compareEvents } from '../support/events.ts'
import { type Pair, startPair } from '../support/pair.ts'
import { ReplyError } from '../support/resp.ts'
import { Seeded } from '../support/seeded.ts'

const test = suite('string commands')
let pair: Pair

test.before(async () => {
  pair = await startPair()
})
test.before.each(() => pair.prepare('FLUSHALL'))
test.after(() => pair.stop())

/** What OBJECT ENCODING, the length and the value say, on both sides. */
async function same(key: string): Promise<void> {
  await pair.script(`OBJECT ENCODING ${key}`, `STRLEN ${key}`, `GET ${key}`, `EXISTS ${key}`)
}

for (const version of [2, 3] as const) {
  test(`SET and GET in RESP${version}`, async () => {
    await pair.speak(version)
    await pair.script(
      ...commands(`
        SET a 1 | GET a | GET none | SET a "\\x00\\r\\n" | GET a | SET "" empty | GET "" | SET a ""
        GET a | LPUSH list x | GET list | SET list now-a-string | GET list | GET | SET a | GET a b
      `),
    )
    await pair.speak(2)
  })

  test(`options of SET in RESP${version}`, async () => {
    await pair.speak(version)
    await pair.script(
      ...commands(`
        SET a 1 NX | SET a 2 NX | GET a | SET a 3 XX | SET b 1 XX | GET b | SET a 4 nx xx | SET a 4 xx nx
        SET a 5 GET | SET c 1 GET | SET a 6 NX GET | SET d 7 NX GET | GET d | SET e 8 XX GET | GET e
        SET a 9 GET GET | SET a 9 NX NX | SET a 9 XX XX | LPUSH list x | SET list 1 GET | TYPE list
        SET a 1 EX 100 | TTL a | SET a 2 KEEPTTL | TTL a | GET a | SET a 3 | TTL a | SET n 1 KEEPTTL
        TTL n | SET a 1 PX 100000 | TTL a | SET a 1 EXAT 33177117420 | EXPIRETIME a
        SET a 1 PXAT 33177117420000 | PEXPIRETIME a | SET a 2 EX 100 EX 200 | TTL a | SET a 3 GET EX 300
        TTL a | SET a 4 XX KEEPTTL GET | TTL a | SET a 1 EX | SET a 1 EX 1 PX 1 | SET a 1 EX 1 KEEPTTL
        SET a 1 KEEPTTL EX 1 | SET a 1 KEEPTTL KEEPTTL | SET a 1 PERSIST | SET a 1 BOGUS | SET a 1 EX x
        SET a 1 EX 1.5 | SET a 1 EX 0 | SET a 1 EX -1 | SET a 1 PX 0 | SET a 1 EXAT 0 | SET a 1 PXAT -5
        SET a 1 EXAT 1 | EXISTS a | GET a | SET a 1 ex 50 | TTL a | SET b 1 eX 50 nX
      `),
    )
    await pair.speak(2)
  })
}

test('expiries at the ends of the range', async () => {
  await pair.script(
    ...commands(`
      SET a 1 EX 9223372036854775807 | SET a 1 EX 9223372036854776 | SET a 1 EX 9223372036854775
      SET a 1 PX 9223372036854775807 | SET a 1 PX 9223372036854775808 | SET a 1 EXAT 9223372036854775808
      SETEX a 9223372036854776 1 | PSETEX a 9223372036854775807 1 | EXISTS a | SET a 1 EX 9007199254740
      TTL a | SET a 1 | GETEX a EX 9223372036854775807 | GETEX a PX 9223372036854775807 | GETEX a EXAT -1
      TTL a
    `),
  )
})

test('SETNX, SETEX, PSETEX, GETSET, GETDEL', async () => {
  await pair.script(
    ...commands(`
      SETNX a 1 | SETNX a 2 | GET a | SETEX a 100 v | TTL a | GET a | PSETEX a 100000 w | TTL a | GET a
      SETEX a 0 v | SETEX a -1 v | SETEX a x v | PSETEX a 0 v | SETEX a 100 | GETSET a new | TTL a
      GETSET b 1 | GET b | GETDEL b | GETDEL b | EXISTS b | LPUSH list x | GETSET list 1 | GETDEL list
      SETNX list 1 | LLEN list
    `),
  )
})

test('GETEX', async () => {
  await pair.script(
    ...commands(`
      SET a 1 | GETEX a | TTL a | GETEX a EX 100 | TTL a | GETEX a PX 200000 | TTL a | GETEX a PERSIST
      TTL a | GETEX a EXAT 33177117420 | EXPIRETIME a | GETEX a PXAT 33177117420123 | PEXPIRETIME a
      GETEX none EX 10 | GETEX a EX | GETEX a EX 0 | GETEX a EX 1 PX 1 | GETEX a PERSIST EX 1
      GETEX a PERSIST PERSIST | GETEX a KEEPTTL | GETEX a NX | GETEX a EX x | LPUSH list x | GETEX list
      GETEX list EX x | GETEX list EX 10 | GETEX a EXAT 1 | EXISTS a
    `),
  )
})

test('MGET, MSET, MSETNX', async () => {
  await pair.script(
    ...commands(`
      MSET a 1 b 2 c 3 | MGET a b c none | LPUSH list x | MGET a list | MSET a 1 b | MSET a | MSETNX a 1 b
      MSETNX d 1 e 2 | MGET d e | MSETNX f 1 a 2 | EXISTS f | MSET a 1 a 2 | GET a | MSETNX g 1 g 2
      GET g | SET t 1 EX 100 | MSET t 2 | TTL t | MSET list now | GET list
    `),
  )
  await pair.speak(3)
  await pair.script('MGET a none')
  await pair.speak(2)
})

test('APPEND, SETRANGE, GETRANGE, SUBSTR, STRLEN', async () => {
  await pair.script(
    ...commands(`
      APPEND a hello | APPEND a " world" | GET a | STRLEN a | STRLEN none | APPEND n 12
      OBJECT ENCODING n | APPEND n 3 | OBJECT ENCODING n | INCR n | OBJECT ENCODING n | APPEND a ""
      OBJECT ENCODING a | APPEND e "" | EXISTS e | SETRANGE a 6 there | GET a | SETRANGE a 15 x | GET a
      SETRANGE z 3 abc | GET z | SETRANGE y 0 "" | EXISTS y | SETRANGE a 3 "" | SETRANGE a -1 x
      SETRANGE a x x | SETRANGE a 536870912 x | SETRANGE w 536870911 xx | EXISTS w
      SETRANGE a 9223372036854775807 x | SETRANGE a 9223372036854775808 x | SET i 1234 | SETRANGE i 1 x
      OBJECT ENCODING i | GET i | LPUSH list x | APPEND list x | SETRANGE list 0 x | SETRANGE list 0 ""
      GETRANGE list 0 1 | STRLEN list | SET num 12345 | GETRANGE num 1 3 | STRLEN num | SET t v EX 100
      APPEND t w | SETRANGE t 0 x | TTL t
    `),
  )
  for (const start of [0, 1, 3, 5, 100, -1, -3, -5, -100, '9223372036854775807', '-9223372036854775808']) {
    for (const end of [0, 1, 4, 5, 100, -1, -3, -5, -100, '9223372036854775807', '-9223372036854775808']) {
      await pair.compare('GETRANGE', 'num', start, end)
      await pair.compare('SUBSTR', 'num', start, end)
    }
  }
  await pair.script(
    ...commands(`
      GETRANGE none 0 -1 | GETRANGE num 0 x | GETRANGE num x 1 | SET e "" | GETRANGE e 0 -1
    `),
  )
})

test('integers over the whole range', async () => {
  await pair.script(
    ...commands(`
      INCR a | INCR a | DECR a | INCRBY a 10 | DECRBY a 20 | GET a | OBJECT ENCODING a | INCRBY a 0
      DECRBY a 0 | DECRBY z 0 | SET a 9223372036854775806 | INCR a | INCR a | GET a | DECR a
      SET a -9223372036854775807 | DECR a | DECR a | GET a | SET a 9007199254740991 | INCR a | INCR a
      INCR a | DECRBY a 3 | INCRBY a 9007199254740993 | GET a | SET a 1 | INCRBY a 9223372036854775807
      DECRBY a -9223372036854775808 | DECRBY a -9223372036854775807 | GET a | SET a -1
      INCRBY a -9223372036854775808 | DECRBY a 9223372036854775807 | DECR a
      INCRBY a 18446744073709551616 | INCRBY a 9223372036854775808 | INCRBY a 1.0 | INCRBY a "1 "
      INCRBY a "" | INCRBY a +1 | INCRBY a 01 | INCRBY a -0 | SET s " 1" | INCR s | SET s 1.5 | INCR s
      SET s "" | INCR s | SET s 01 | INCR s | SET s -0 | INCR s | LPUSH list x | INCR list | DECRBY list 1
      SET t 1 EX 100 | INCR t | TTL t | INCRBY a | INCR
    `),
  )
})

test('integers drawn at random', async () => {
  const random = new Seeded(7_207)
  const word = (): bigint => BigInt(random.integer(0, 2 ** 32))
  const shift = (): bigint => BigInt(random.integer(0, 64))
  const draw = (by = shift()): string => (BigInt.asIntN(64, (word() << 32n) ^ word()) >> by).toString()
  for (let round = 0; round < 300; round++) {
    const by = shift()
    await pair.compare('SET', 'a', draw(by))
    await pair.compare('INCRBY', 'a', draw())
    await pair.compare('DECRBY', 'a', draw(by))
    await pair.compare('GET', 'a')
  }
})

test('INCRBYFLOAT', async () => {
  await pair.script(
    ...commands(`
      INCRBYFLOAT a 1.5 | INCRBYFLOAT a 1.5 | OBJECT ENCODING a | INCR a | INCRBYFLOAT a -5
      INCRBYFLOAT a 5e3 | GET a | SET a 3 | INCRBYFLOAT a 0.1 | INCRBYFLOAT a 0.2 | SET a 10.50
      INCRBYFLOAT a 0.1 | SET a 1e20 | INCRBYFLOAT a 1 | SET a 17179869184 | INCRBYFLOAT a 1.5 | SET a 1
      INCRBYFLOAT a 1e-17 | INCRBYFLOAT a 1e-20 | INCRBYFLOAT a nan | INCRBYFLOAT a inf
      INCRBYFLOAT a -inf | INCRBYFLOAT a x | INCRBYFLOAT a "" | INCRBYFLOAT a " 1" | INCRBYFLOAT a 1x
      SET s x | INCRBYFLOAT s 1 | SET s " 1" | INCRBYFLOAT s 1 | SET s inf | INCRBYFLOAT s 1
      LPUSH list x | INCRBYFLOAT list 1 | SET t 1 EX 100 | INCRBYFLOAT t 1 | TTL t | SET a 0
      INCRBYFLOAT a -0 | INCRBYFLOAT a 0x10 | SET a -0.0 | INCRBYFLOAT a 0 | SET a 5 | INCRBYFLOAT a 1e308
      INCRBYFLOAT a 1e308 | INCRBYFLOAT a 1e4932
    `),
  )
  const random = new Seeded(7_208)
  const draw = (): string => ((random.next() - 0.5) * 10 ** random.integer(-5, 15)).toString()
  for (let round = 0; round < 200; round++) {
    await pair.compare('SET', 'a', draw())
    await pair.compare('INCRBYFLOAT', 'a', draw())
  }
})

test('encodings', async () => {
  const values = [
    '',
    '0',
    '-1',
    '12345',
    '9223372036854775807',
    '9223372036854775808',
    '-9223372036854775808',
    '1.0',
    ' 1',
    '+1',
    '00',
    'x'.repeat(44),
    'x'.repeat(45),
  ]
  for (const value of values) {
    await pair.compare('SET', 'a', value)
    await same('a')
    await pair.compare('GETSET', 'b', value)
    await same('b')
    await pair.compare('APPEND', `new-${value}`, value)
    await pair.compare('OBJECT', 'ENCODING', `new-${value}`)
    await pair.compare('MSET', 'm', value)
    await same('m')
    await pair.compare('OBJECT', 'REFCOUNT', 'm')
  }
})

test('strings around the sizes at which they are kept differently', async () => {
  for (const length of [43, 44, 45, 255, 256, 65534, 65535, 65536, 65537, 262144, 1000000]) {
    const value = Buffer.alloc(length, 'ab\x00\xff')
    await pair.compare('SET', 'a', value)
    await same('a')
    await pair.compare('APPEND', 'a', 'tail')
    await pair.compare('SETRANGE', 'a', length + 2, 'over')
    await pair.compare('SETRANGE', 'a', length + 100, value)
    await pair.compare('APPEND', 'b', value)
    await same('a')
    await same('b')
    await pair.compare('SETRANGE', `c${length}`, length - 1, 'z')
    await same(`c${length}`)
    await pair.compare('GETRANGE', 'a', length - 5, length + 110)
    await pair.compare('SET', 'a', 'small again')
    await same('a')
  }
})

test('a string grows by many appends', async () => {
  const piece = Buffer.alloc(777, 'xyz')
  for (let round = 0; round < 300; round++) await pair.compare('APPEND', 'a', piece)
  await same('a')
})

test('limits of proto-max-bulk-len', async () => {
  await pair.prepare('SET', 'a', 'xyz')
  await pair.script('SETRANGE a 536870910 abc', 'SETRANGE a 4294967295 a', 'STRLEN a')
})

test('LCS', async () => {
  await pair.prepare('MSET', 'a', 'ohmytext', 'b', 'mynewtext', 'e', '', 'x', 'aaaa', 'y', 'aa')
  for (const version of [2, 3] as const) {
    await pair.speak(version)
    await pair.script(
      ...commands(`
        LCS a b | LCS a b LEN | LCS a b IDX | LCS a b IDX MINMATCHLEN 4 | LCS a b IDX WITHMATCHLEN
        LCS a e | LCS a none IDX | LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN | LCS x y IDX | LCS y x IDX
        LCS x x IDX WITHMATCHLEN | LCS none none2 | LCS a a | LCS a b LEN IDX | LCS a b MINMATCHLEN
        LCS a b MINMATCHLEN x | LCS a b IDX MINMATCHLEN -3 | LCS a b foo | LCS a
      `),
    )
  }
  await pair.speak(2)
  await pair.script('LPUSH list x', 'LCS list a', 'LCS a list', 'LCS list list bogus')
  const random = new Seeded(7_209)
  const draw = (): string =>
    Array.from({ length: random.integer(0, 40) }, () => random.pick(['a', 'b', 'c'])).join('')
  for (let round = 0; round < 40; round++) {
    await pair.compare('MSET', 'p', draw(), 'q', draw())
    await pair.compare('LCS', 'p', 'q')
    await pair.compare('LCS', 'p', 'q', 'IDX', 'WITHMATCHLEN', 'MINMATCHLEN', round % 4)
  }
  const big = Buffer.alloc(20000, 'ab')
  await pair.prepare('MSET', 'big1', big, 'big2', big)
  await pair.script('LCS big1 big2 LEN')
})

test('keyspace events of the string commands', async () => {
  await compareEvents(
    pair,
    ...commands(`
      SET a 1 | SET a 1 EX 100 | SET a 2 NX | SETNX b 1 | SETEX c 100 1 | PSETEX c 100000 1 | GETSET a 1
      GETDEL a | GETDEL a | MSET a 1 b 2 | MSETNX x 1 y 2 | INCR n | DECRBY n 2 | INCRBYFLOAT n 1.5
      APPEND a x | SETRANGE a 0 y | SETRANGE a 0 "" | GETEX a | GETEX a EX 100 | GETEX a PERSIST
      GETEX a PERSIST | GETEX a EXAT 1 | SET b 1 KEEPTTL | SET b 2 GET
    `),
  )
})

test('a transaction fails when a watched key was written', async () => {
  const other = await pair.connect()
  for (const write of [
    'SET w 2',
    'APPEND w x',
    'INCR w',
    'GETDEL w',
    'SETRANGE w 0 x',
    'GETEX w EX 10',
    'MSET w 1',
    'GETSET w 1',
  ]) {
    await pair.prepare('SET', 'w', '1')
    await pair.script('WATCH w')
    await other.script(write)
    await pair.script('MULTI', 'GET w', 'EXEC')
  }
  for (const read of ['GET w', 'STRLEN w', 'GETEX w', 'SETNX w 1', 'SETRANGE w 0 ""', 'INCRBY w x']) {
    await pair.script('WATCH w')
    await other.script(read)
    await pair.script('MULTI', 'GET w', 'EXEC')
  }
  other.disconnect()
})

test('an error leaves the connection usable', async () => {
  assert.instance(await pair.compare('INCR', 'a', 'b'), ReplyError)
  await pair.script('SET a 1', 'INCR a')
})

test.run()
