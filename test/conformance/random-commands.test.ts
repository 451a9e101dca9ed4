import { suite } from 'uvu'
import { type Pair, startPair } from '../support/pair.ts'
import { RANDOM_KEYS, type RandomCommand, RandomCommands } from '../support/random-commands.ts'

const test = suite('random commands')
const SEQUENCES = 60
const COMMANDS = 80
let pair: Pair

test.before(async () => {
  pair = await startPair()
})
test.after(() => pair.stop())

/** The seeds of this run: the same ones always, or the one to repeat that `MODIS_SEED` names. */
function seeds(): number[] {
  const { MODIS_SEED } = process.env
  return MODIS_SEED === undefined
    ? Array.from({ length: SEQUENCES }, (_none, i) => i + 1)
    : [Number(MODIS_SEED)]
}

async function compare({ words, isOrdered }: RandomCommand): Promise<void> {
  if (isOrdered) await pair.compare(...words)
  else await pair.compareUnordered(...words)
}

/** Compares the answers to the commands that belong to a seed, and in the end the values that they left. */
async function compareSequence(seed: number): Promise<void> {
  const source = new RandomCommands(seed)
  const thresholds = seed % 2 === 0 ? [512, 128, -2] : [4, 4, 3]
  await pair.prepare('FLUSHALL')
  await pair.prepare(
    ...['CONFIG', 'SET', 'hash-max-listpack-entries', thresholds[0] as number],
    ...[
      'zset-max-listpack-entries',
      thresholds[1] as number,
      'list-max-listpack-size',
      thresholds[2] as number,
    ],
  )
  await pair.speak(seed % 3 === 0 ? 3 : 2)
  for (let i = 0; i < COMMANDS; i++) await compare(source.next())
  for (const key of RANDOM_KEYS) {
    await pair.compare('TYPE', key)
    await pair.compare('DEBUG', 'DIGEST-VALUE', key)
    await pair.compare('EXISTS', key)
  }
}

test('commands drawn at random, right and wrong, have the same effects and replies', async () => {
  for (const seed of seeds()) {
    try {
      await compareSequence(seed)
    } catch (error) {
      if (error instanceof Error) error.message += `\nMODIS_SEED=${seed} repeats this sequence`
      throw error
    }
  }
})

test.run()
