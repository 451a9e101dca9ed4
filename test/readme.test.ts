// The tour in README.md, pasted line by line into a shell beside a server started as `npm start` starts it.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { type Need, suiteNeeding } from './support/needs.ts'
import { root } from './support/repository.ts'
import { type RunningServer, start } from './support/servers.ts'

const CLIENT = 'redis-cli -p 7000 '
const FOLDER = '/tmp/counter'

/** How lines of the tour that talk to the server begin, in their order, and what they print. */
type Expectations = readonly (readonly [line: string, output: RegExp])[]

const EXPECTED: Expectations = [
  ['SET greeting', /^OK$/],
  ['GET greeting', /^hello$/],
  ['INFO modules', /^# Modules\s[\s\S]*^module:name=ratelimit,ver=/m],
  ['MODULE UNLOAD ratelimit', /^OK$/],
  ['MODULE LOADEX @modis-examples/rate-limit', /^OK$/],
  ['RL.TAKE visitor', /^allowed\n1\nremaining\n2\nretry-after-ms\n0\nreset-after-ms\n\d+$/],
  ['CONFIG SET ratelimit.max-burst 100', /^OK$/],
  ['COMMAND DOCS rl.take', /^rl\.take\nsummary\n.+\.\n[\s\S]*\narguments\n/],
  ['MODULE LOAD /tmp/counter', /^OK$/],
  ['COUNTER.HIT page', /^1$/],
  ['COUNTER.HIT page 10', /^11$/],
  ['COUNTER.HIT page 0', /^ERR by must be .*1.*, got '0'$/],
  ['MODULE RELOAD counter', /^OK$/],
  ['COUNTER.HIT page 10', /^31$/],
  ['MODULE UNLOAD counter', /^OK$/],
]

const EXPECTED_OF_REDISEARCH: Expectations = [
  ['MODULE LOAD /usr/lib/redis/modules/redisearch.so', /^OK$/],
  ['FT.CREATE books', /^OK$/],
  ['FT.ADD books b1', /^OK$/],
  ['FT.SEARCH books darkness', /^1\nb1\ntitle\nThe Left Hand of Darkness$/],
]

/** The commands of every block of the tour. */
function blocksOfTour(): string[][] {
  const text = readFileSync(join(root, 'README.md'), 'utf8')
  const tour = /^## A tour[^\n]*\n([\s\S]*?)^## /m.exec(text)?.[1] ?? ''
  const blocks = [...tour.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
  // A line is a command; one with a here-document goes on to its end.
  return blocks.map((block) => block.match(/.*<<'(\w+)'\n[\s\S]*?\n\1$|.+/gm) ?? [])
}

/** The command line of the server as `npm start` makes it. */
function serverArguments(): string[] {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>
  }
  const examples = Object.keys(devDependencies).filter((name) => name.startsWith('@modis-examples/'))
  const built = examples.filter((name) =>
    ['dist', 'prebuilds'].some((output) => existsSync(join(root, 'node_modules', name, output))),
  )
  return [join(root, 'packages/server/dist/main.js'), ...built.flatMap((name) => ['--loadmodule', name])]
}

/** A shell that commands are pasted into, one after another. */
class Shell {
  readonly #process: ChildProcessWithoutNullStreams
  #printed = ''
  #count = 0
  #hear = (): void => {}

  constructor(folder: string) {
    this.#process = spawn('bash', ['--norc'], { cwd: folder, env: { ...process.env, PWD: folder } })
    this.#process.stdout.on('data', (chunk) => {
      this.#printed += chunk
      this.#hear()
    })
    this.#process.stdin.write('exec 2>&1\n')
  }

  /** Runs a command; returns its exit status and all that it printed. */
  async run(command: string): Promise<{ readonly status: number; readonly output: string }> {
    const mark = `--- end of command ${++this.#count}`
    this.#printed = ''
    this.#process.stdin.write(`${command}\nprintf '\\n${mark}: %d\\n' $?\n`)
    for (;;) {
      const [before, status] = this.#printed.split(`\n${mark}: `)
      if (status?.endsWith('\n')) return { status: Number(status), output: String(before).trim() }
      await new Promise<void>((resolve) => {
        this.#hear = resolve
      })
    }
  }

  close(): void {
    this.#process.kill()
  }
}

function suiteOfTour(name: string, needs: Need[], blocks: string[][], expected: Expectations): void {
  const test = suiteNeeding(name, ...needs)
  const folder = mkdtempSync(join(tmpdir(), 'modis-tour-'))
  const remaining = [...expected]
  let server: RunningServer
  let shell: Shell

  test.before(async () => {
    const options = { save: '', 'module-directories': join(root, 'node_modules') }
    server = await start(process.execPath, serverArguments(), options)
    shell = new Shell(root)
  })

  test.after(async () => {
    shell.close()
    await server.stop()
  })

  for (const command of blocks.flat()) {
    test(command.split('\n', 1)[0] as string, async () => {
      const here = command
        .replaceAll(CLIENT, `redis-cli -p ${server.port} `)
        .replaceAll(FOLDER, join(folder, 'counter'))
      const { status, output } = await shell.run(here)
      assert.is(status, 0, output)
      if (!command.startsWith(CLIENT)) {
        assert.is(output, command === 'cd -' ? root : '')
        return
      }
      const [line = 'nothing', shown = /^$/] = remaining.shift() ?? []
      assert.ok(command.startsWith(CLIENT + line), `'${command}' comes where '${line}' is expected`)
      assert.ok(shown.test(output), `it printed: ${output}`)
    })
  }

  test('the tour has all its lines', () => {
    assert.equal(remaining, [])
    rmSync(folder, { recursive: true, force: true })
  })

  test.run()
}

const blocks = blocksOfTour()
const isRedisearch = (block: readonly string[]): boolean => block.some((line) => line.includes('redisearch'))
const own = blocks.filter((block) => !isRedisearch(block))
suiteOfTour('tour', ['redis-cli'], own, EXPECTED)
suiteOfTour(
  'tour with RediSearch',
  ['redis-cli', 'redisearch'],
  blocks.filter(isRedisearch),
  EXPECTED_OF_REDISEARCH,
)
