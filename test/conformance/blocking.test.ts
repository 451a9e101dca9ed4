import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { untilBothBlocked, untilWaits } from '../support/blocked.ts'
import { commands } from '../support/commands.ts'
import { type CommandLine, type Pair, startPair, words } from '../support/pair.ts'
import type { RawClient, RawReply } from '../support/raw-client.ts'
import type { ReplyError, Value } from '../support/resp.ts'
import { until } from '../support/until.ts'

const test = suite('blocking commands')
let pair: Pair
/** Further connections of the running test. */
let others: Pair[] = []

test.before(async () => {
  pair = await startPair()
})
test.before.each(() => pair.prepare('FLUSHALL'))
test.after.each(() => {
  for (const other of others) other.disconnect()
  others = []
})
test.after(() => pair.stop())

/** How long to look whether something comes that must not. */
const QUIET_MS = 60

/** A command that waits on both servers. */
class Waiting {
  readonly line: CommandLine
  readonly clients: Pair
  /** What CLIENT ID calls its connections, Modis first. */
  readonly ids: readonly Value[]
  readonly replies: Promise<[RawReply, RawReply]>
  #isAnswered = false

  constructor(line: CommandLine, clients: Pair, ids: readonly Value[] = []) {
    this.line = line
    this.clients = clients
    this.ids = ids
    const send = (client: RawClient): Promise<RawReply> => client.raw(...words(line))
    this.replies = Promise.all([send(clients.modis), send(clients.redis)])
    // A test that fails early leaves its clients waiting until their connections close.
    this.replies.then(
      () => {
        this.#isAnswered = true
      },
      () => {},
    )
  }

  get isAnswered(): boolean {
    return this.#isAnswered
  }

  /** Asserts that both answered, and the same. */
  async same(): Promise<void> {
    await until(`a reply to ${this.line}`, () => this.isAnswered)
    const [modis, redis] = await this.replies
    assert.is(modis.bytes.toString('latin1'), redis.bytes.toString('latin1'), this.line)
  }
}

/** Sends a command that is to wait, on connections of its own. */
async function wait(line: CommandLine, version: 2 | 3 = 2): Promise<Waiting> {
  const clients = await pair.connect()
  others.push(clients)
  await clients.speak(version)
  const [modis, redis] = await clients.both('CLIENT', 'ID')
  const waiting = new Waiting(line, clients, [modis, redis])
  await Promise.all([untilWaits(pair.modis, modis), untilWaits(pair.redis, redis)])
  assert.not.ok(waiting.isAnswered, `${line} did not wait`)
  return waiting
}

for (const version of [2, 3] as const) {
  test(`what is there already is answered at once in RESP${version}`, async () => {
    await pair.speak(version)
    await pair.prepare('RPUSH', 'l', ...'a b c d e f g h'.split(' '))
    await pair.prepare('ZADD', 'z', ...'1 a 2 b 3 c 4 d 5 e 6 f'.split(' '))
    await pair.script(
      ...commands(`
        BLPOP none l 0 | BRPOP l none 1 | BLMOVE l m LEFT RIGHT 0 | BRPOPLPUSH l m 0.5
        BLMPOP 0 2 none l LEFT | BLMPOP 1 1 l RIGHT COUNT 2 | BZPOPMIN none z 0 | BZPOPMAX z 0
        BZMPOP 0 2 none z MIN | BZMPOP 0 1 z MAX COUNT 9 | LRANGE l 0 -1 | LRANGE m 0 -1 | EXISTS z
      `),
    )
    await pair.speak(2)
  })

  test(`time runs out in RESP${version}`, async () => {
    const lines = ['BLPOP a b 0.05', 'BRPOP a 0.05', 'BLMOVE a b LEFT LEFT 0.05', 'BRPOPLPUSH a b 0.05']
    lines.push(
      'BLMPOP 0.05 1 a LEFT',
      'BZPOPMIN a 0.05',
      'BZPOPMAX a b 0.05',
      'BZMPOP 0.05 1 a MIN',
      'BLPOP a 0.00001',
    )
    await pair.speak(version)
    for (const line of lines) await pair.compare(...words(line))
    await pair.speak(2)
  })

  test(`a push serves whoever waits in RESP${version}`, async () => {
    const pushes: [string, string][] = [
      ['BLPOP a b 0', 'RPUSH b 1 2'],
      ['BRPOP a b 0', 'RPUSH a 1 2'],
      ['BLMOVE a c LEFT RIGHT 0', 'LPUSH a 1 2'],
      ['BRPOPLPUSH a c 0', 'LPUSH a 1 2'],
      ['BLMPOP 0 2 a b RIGHT COUNT 9', 'RPUSH b 1 2 3'],
      ['BZPOPMIN a b 0', 'ZADD b 1 x 2 y'],
      ['BZPOPMAX a b 0', 'ZADD a 1.5 x 2.5 y'],
      ['BZMPOP 0 2 a b MAX COUNT 2', 'ZADD b 1 x 2 y 3 z'],
      ['BZPOPMIN a 0', 'ZINCRBY a 5 m'],
    ]
    for (const [line, push] of pushes) {
      await pair.prepare('FLUSHALL')
      const waiting = await wait(line, version)
      await pair.compare(...words(push))
      await waiting.same()
      await pair.script('EXISTS a b', 'TYPE c')
    }
  })
}

test('arguments are checked before anything waits', async () => {
  await pair.prepare('SET', 'str', 'x')
  await pair.script(
    ...commands(`
      BLPOP | BLPOP a | BLPOP a x | BLPOP a -1 | BLPOP a nan | BLPOP a "" | BLPOP str 0 | BLPOP none str 0
      BRPOP str x | BLMOVE a b UP LEFT 0 | BLMOVE a b LEFT LEFT x | BLMOVE str b LEFT LEFT 0
      BLMOVE a b LEFT LEFT | BRPOPLPUSH str b 0 | BRPOPLPUSH a b -1 | BRPOPLPUSH a | BLMPOP 0 0 a LEFT
      BLMPOP x 1 a LEFT | BLMPOP -1 1 a LEFT | BLMPOP 0 1 a UP | BLMPOP 0 1 a LEFT COUNT 0
      BLMPOP 0 1 str LEFT | BLMPOP 0 2 a LEFT | BLMPOP 0 1 | BZPOPMIN str 0 | BZPOPMIN a -1 | BZPOPMIN a
      BZMPOP 0 1 str MIN | BZMPOP 0 1 a MIDDLE | BZMPOP 0 0 a MIN | BZMPOP x 1 a MIN
      BZMPOP 0 1 a MIN COUNT -1
    `),
  )
})

test('a timeout that is too long is told from a negative one', async () => {
  // Redis 7.0 takes some of these for negative.
  for (const timeout of ['inf', '9223372036854775807', '0x7FFFFFFFFFFFFF', '9223372036854775', '1e400']) {
    const reply = (await pair.modis.call('BLPOP', 'a', timeout)) as ReplyError
    assert.is(reply.text, 'ERR timeout is out of range')
  }
  const reply = (await pair.modis.call('BLPOP', 'a', '-inf')) as ReplyError
  assert.is(reply.text, 'ERR timeout is negative')
})

test('clients are served in the order of their coming', async () => {
  const first = await wait('BLPOP a 0')
  const second = await wait('BRPOP x a 0')
  const third = await wait('BLMOVE a b LEFT LEFT 0')
  const fourth = await wait('BLPOP a 0')
  await pair.compare('RPUSH', 'a', 1, 2, 3)
  for (const each of [first, second, third]) await each.same()
  await pair.script('LRANGE a 0 -1', 'LRANGE b 0 -1')
  assert.not.ok(fourth.isAnswered)
  await pair.compare('RPUSH', 'a', 4)
  await fourth.same()
})

test('one move sets off the next', async () => {
  const last = await wait('BLPOP c 0')
  const second = await wait('BLMOVE b c RIGHT LEFT 0')
  const first = await wait('BRPOPLPUSH a b 0')
  const self = await wait('BLMOVE s s LEFT RIGHT 0')
  await pair.script('RPUSH a 1', 'RPUSH s x y')
  for (const each of [first, second, last, self]) await each.same()
  await pair.script('EXISTS a b c', 'LRANGE s 0 -1')
})

test('keys of another type do not disturb, and a destination of another type is an error', async () => {
  const waiting = await wait('BLPOP a 0')
  const sorted = await wait('BZPOPMIN a 0')
  const moving = await wait('BLMOVE b str LEFT LEFT 0')
  await pair.script('SET str x', 'SADD a 1', 'DEL a', 'ZADD a 1 m')
  await sorted.same()
  assert.not.ok(waiting.isAnswered)
  await pair.script('EXISTS a', 'RPUSH b 1')
  await moving.same()
  await pair.script('LRANGE b 0 -1', 'RPUSH a 1')
  await waiting.same()
})

test('a transaction serves waiting clients when it is done, and never waits itself', async () => {
  const waiting = await wait('BLPOP a b 0')
  await pair.script(
    ...commands(`
      MULTI | RPUSH b 1 | RPUSH a 2 | DEL b | EXEC
    `),
  )
  await waiting.same()
  const emptied = await wait('BLPOP a 0')
  await pair.script('MULTI', 'RPUSH a 1', 'DEL a', 'EXEC')
  await sleep(QUIET_MS)
  assert.not.ok(emptied.isAnswered)
  await pair.script(
    ...commands(`
      MULTI | BLPOP none 0 | BLMOVE none b LEFT LEFT 0 | BZPOPMAX none 0 | BLMPOP 0 1 none LEFT
    `),
  )
  await pair.script('BZMPOP 0 1 none MIN', 'BRPOPLPUSH none b 0', 'EXEC', 'RPUSH a last')
  await emptied.same()
})

test('a list that comes by another name or way serves as well', async () => {
  const renamed = await wait('BLPOP a 0')
  await pair.script('RPUSH x 1 2', 'RENAME x a')
  await renamed.same()
  const sorted = await wait('BLPOP s 0')
  await pair.script('RPUSH y 3 1 2', 'SORT y STORE s')
  await sorted.same()
  const copied = await wait('BRPOP c 0')
  await pair.script('COPY y c')
  await copied.same()
  const stored = await wait('BZPOPMAX z 0')
  await pair.script('ZADD w 1 a 2 b', 'ZUNIONSTORE z 1 w')
  await stored.same()
  const moved = await wait('BLPOP m 0')
  await pair.script('SELECT 1', 'RPUSH m 1', 'MOVE m 0', 'SELECT 0')
  await moved.same()
})

test('waiting for one key under many names takes one element', async () => {
  const waiting = await wait('BLPOP a a a 0')
  await pair.script('RPUSH a 1 2')
  await waiting.same()
  await pair.script('LRANGE a 0 -1')
})

test('a client that leaves or is unblocked takes nothing', async () => {
  const leaving = await wait('BLPOP a 0')
  leaving.clients.disconnect()
  await untilBothBlocked(pair, 0)
  const unblocked = await wait('BLPOP a 0')
  const outcomes = await Promise.all([
    pair.modis.call('CLIENT', 'UNBLOCK', unblocked.ids[0] as number),
    pair.redis.call('CLIENT', 'UNBLOCK', unblocked.ids[1] as number),
  ])
  assert.equal(outcomes, [1, 1])
  await unblocked.same()
  await pair.script('RPUSH a 1', 'LRANGE a 0 -1')
})

test('requests sent while waiting run afterwards, in order', async () => {
  const waiting = await wait('BLPOP a 0')
  const { clients } = waiting
  const pings = [new Waiting('PING', clients), new Waiting('LLEN a', clients)]
  await sleep(QUIET_MS)
  assert.not.ok(pings[0]?.isAnswered)
  await pair.script('RPUSH a 1 2')
  await waiting.same()
  for (const ping of pings) await ping.same()
})

test.run()
