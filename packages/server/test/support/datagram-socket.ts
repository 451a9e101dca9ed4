import { setTimeout as sleep } from 'node:timers/promises'
import koffi from 'koffi'

const AF_UNIX = 1
const SOCK_DGRAM = 2
const MSG_DONTWAIT = 0x40
const system = koffi.load(null)
const open = system.func('int socket(int family, int type, int protocol)')
const bind = system.func('int bind(int file, void *address, uint32_t length)')
const receive = system.func('long recv(int file, _Out_ uint8_t *text, size_t size, int flags)')
const close = system.func('int close(int file)')

/** A unix socket for datagrams, as systemd has one for what it supervises. */
export class DatagramSocket {
  readonly #file: number

  constructor(path: string) {
    this.#file = open(AF_UNIX, SOCK_DGRAM, 0)
    const name = Buffer.from(`\0\0${path}\0`)
    new Uint16Array(name.buffer, name.byteOffset, 1)[0] = AF_UNIX
    if (bind(this.#file, name, name.length) !== 0) throw new Error(`cannot bind ${path}`)
  }

  /** The next datagram, as text. @throws Error after half a minute */
  async next(): Promise<string> {
    const bytes = Buffer.alloc(1024)
    for (let tries = 0; tries < 3000; tries++) {
      const length = Number(receive(this.#file, bytes, bytes.length, MSG_DONTWAIT))
      if (length >= 0) return bytes.toString('utf8', 0, length)
      await sleep(10)
    }
    throw new Error('no datagram came')
  }

  close(): void {
    close(this.#file)
  }
}
