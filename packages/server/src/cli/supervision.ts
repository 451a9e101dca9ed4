import type { Config } from '../config/config.ts'
import type { Log } from '../log.ts'
import type { Supervisor } from '../server.ts'

const AF_UNIX = 1
const SOCK_DGRAM = 2
/** Longest path of a unix socket, its closing NUL included. */
const PATH_BYTES = 108

/** Who watches over the process, by the option `supervised` and what a supervisor puts into the environment. */
export function supervisorOf(config: Config): Supervisor {
  const wanted = config.text('supervised')
  const { NOTIFY_SOCKET, UPSTART_JOB } = process.env
  const is = (supervisor: Supervisor, mark: string | undefined): boolean =>
    (wanted === supervisor || wanted === 'auto') && mark !== undefined && mark !== ''
  if (is('upstart', UPSTART_JOB)) return 'upstart'
  return is('systemd', NOTIFY_SOCKET) ? 'systemd' : 'no'
}

/** Tells a supervisor how the process is doing, as `sd_notify` does. */
export class Supervision {
  readonly #log: Log
  /** Sends a text to systemd. */
  #send: ((text: string) => void) | undefined

  private constructor(log: Log) {
    this.#log = log
  }

  /** Tells that the server starts. */
  static async begin(supervisor: Supervisor, config: Config, log: Log): Promise<Supervision> {
    const supervision = new Supervision(log)
    const wanted = config.text('supervised')
    if (supervisor === 'no' && (wanted === 'systemd' || wanted === 'upstart')) {
      const mark = wanted === 'systemd' ? 'NOTIFY_SOCKET' : 'UPSTART_JOB'
      log.warning(
        `supervised is ${wanted}, but ${mark} is not in the environment: nobody is told of the start`,
      )
    }
    if (supervisor === 'upstart') {
      log.notice('Supervised by upstart: stopping, for it to see that the start went well')
      delete process.env.UPSTART_JOB
      process.kill(process.pid, 'SIGSTOP')
    }
    if (supervisor === 'systemd') {
      log.notice(
        'Supervised by systemd: TimeoutStartSec and TimeoutStopSec are to allow for loading and saving',
      )
      try {
        supervision.#send = await datagramSender(process.env.NOTIFY_SOCKET as string)
      } catch (error) {
        supervision.#failed(error)
      }
      supervision.#tell('STATUS=Modis is loading...')
    }
    return supervision
  }

  ready(): void {
    this.#tell('READY=1\nSTATUS=Ready to accept connections')
  }

  stopping(): void {
    this.#tell('STOPPING=1')
  }

  #tell(state: string): void {
    try {
      this.#send?.(state)
    } catch (error) {
      this.#failed(error)
    }
  }

  #failed(error: unknown): void {
    this.#log.warning(`systemd supervision error: ${error instanceof Error ? error.message : error}`)
  }
}

/**
 * What sends a datagram to a unix socket, for which Node.js has nothing; an `@` stands for the NUL of an abstract name.
 * It must come from this very process, or systemd does not take it.
 */
async function datagramSender(path: string): Promise<(text: string) => void> {
  const name = Buffer.from(path.startsWith('@') ? `\0${path.slice(1)}` : `${path}\0`)
  if (name.length > PATH_BYTES) throw new Error(`NOTIFY_SOCKET is too long: ${path}`)
  const { load } = (await import('koffi')).default
  const system = load(null)
  const open = system.func('int socket(int family, int type, int protocol)')
  const send = system.func(
    'long sendto(int file, void *text, size_t size, int flags, void *to, uint32_t length)',
  )
  const close = system.func('int close(int file)')
  const address = Buffer.alloc(2 + name.length)
  new Uint16Array(address.buffer, address.byteOffset, 1)[0] = AF_UNIX
  name.copy(address, 2)
  return (text) => {
    const file = open(AF_UNIX, SOCK_DGRAM, 0)
    try {
      const bytes = Buffer.from(text)
      if (send(file, bytes, bytes.length, 0, address, address.length) < 0) {
        throw new Error(`nothing could be sent to ${path}`)
      }
    } finally {
      close(file)
    }
  }
}
