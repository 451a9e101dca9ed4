import type { DeferredMark, Reply } from '@modis/sdk'
import { copyBytes } from '../keyspace/copy-bytes.ts'
import { DOUBLE_TEXT_BYTES, writeDouble } from '../keyspace/packed/doubles.ts'
import { formatInteger } from '../keyspace/packed/numbers.ts'
import { giveBuffer, takeBuffer } from './buffer-pool.ts'
import { bytesOf, holdsBytes } from './lossless-text.ts'

const INITIAL_BYTES = 16 * 1024
/** Texts up to this length are written character by character. */
const SHORT_TEXT = 64
const CR = 0x0d
const LF = 0x0a

const EMPTY = Buffer.alloc(0)
const MINUS = Buffer.from('-')
const CRLF = Buffer.from('\r\n')
const OK = Buffer.from('+OK\r\n')
const NULL = Buffer.from('_\r\n')
const NULL_BULK = Buffer.from('$-1\r\n')
const NULL_ARRAY = Buffer.from('*-1\r\n')
const TRUE = Buffer.from('#t\r\n')
const FALSE = Buffer.from('#f\r\n')

// A double on its way into a reply; shared, so that writing one allocates nothing.
const doubleText = Buffer.alloc(DOUBLE_TEXT_BYTES)

/**
 * Writes replies as protocol bytes into one buffer, to be sent in one write. The buffer comes from a pool when the
 * first byte is written and goes back with {@link release}, so that an idle client holds none.
 */
export class ReplyWriter implements Reply {
  version: 2 | 3 = 2
  /** The bytes written so far are `buffer[0, length)`. */
  buffer: Buffer = EMPTY
  length = 0
  #owns = false
  /** Number of error replies written since the writer was made; the dispatcher compares it before and after a command. */
  errors = 0
  /** How many of these the statistics know of. */
  countedErrors = 0
  /** Code of the last error written. */
  lastErrorCode = ''
  /** The whole text of the last error written, without its leading dash. */
  lastErrorText = ''

  /** Makes room for `bytes` more bytes. */
  reserve(bytes: number): void {
    if (this.length + bytes <= this.buffer.length && this.#owns) return
    if (!this.#owns) {
      this.buffer = takeBuffer(Math.max(INITIAL_BYTES, bytes))
      this.#owns = true
      this.length = 0
      return
    }
    const grown = takeBuffer(Math.max(this.buffer.length * 2, this.length + bytes))
    this.buffer.copy(grown, 0, 0, this.length)
    giveBuffer(this.buffer)
    this.buffer = grown
  }

  /** Gives the buffer back to the pool; nothing may use its bytes any more. */
  release(): void {
    if (this.#owns) giveBuffer(this.buffer)
    this.detach()
  }

  /** Lets go of the buffer, which somebody else keeps. */
  detach(): void {
    this.buffer = EMPTY
    this.length = 0
    this.#owns = false
  }

  /** A copy of the bytes written from `from` on, which are then taken back. */
  take(from = 0): Buffer {
    const taken = Buffer.from(this.buffer.subarray(from, this.length))
    this.length = from
    return taken
  }

  /** Writes bytes that are protocol already. */
  raw(bytes: Uint8Array, from = 0, to: number = bytes.length): void {
    this.reserve(to - from)
    copyBytes(bytes, from, to, this.buffer, this.length)
    this.length += to - from
  }

  /** Writes ASCII text that is protocol already. */
  rawText(text: string): void {
    this.reserve(text.length * 3)
    this.length += this.buffer.write(text, this.length)
  }

  ok(): void {
    this.raw(OK)
  }

  simple(text: string): void {
    this.#line(0x2b, text)
  }

  /** @param message lossless text, for an error may show bytes of the request */
  error(message: string, code = 'ERR'): void {
    const text = (message === '' ? code : `${code} ${message}`).replace(/[\r\n]/g, ' ')
    this.errors++
    this.lastErrorCode = code
    this.lastErrorText = text
    if (holdsBytes(text)) this.raw(Buffer.concat([MINUS, bytesOf(text), CRLF]))
    else this.#line(0x2d, text)
  }

  integer(value: number | bigint): void {
    if (typeof value === 'bigint') {
      this.#line(0x3a, value.toString())
      return
    }
    this.#header(0x3a, value)
  }

  bulk(value: Uint8Array | string): void {
    if (typeof value !== 'string') {
      this.bulkRange(value, 0, value.length)
      return
    }
    if (value.length <= SHORT_TEXT && this.#shortBulk(value)) return
    const bytes = Buffer.byteLength(value)
    this.#header(0x24, bytes)
    this.reserve(bytes + 2)
    this.length += this.buffer.write(value, this.length)
    this.#crlf()
  }

  /** Writes a short text of ASCII characters, which costs less than asking for its length in bytes; false for another. */
  #shortBulk(text: string): boolean {
    const length = text.length
    this.reserve(length + 24)
    const buffer = this.buffer
    const mark = this.length
    this.#number(0x24, length)
    let at = this.length
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code > 0x7f) {
        this.length = mark
        return false
      }
      buffer[at++] = code
    }
    buffer[at] = CR
    buffer[at + 1] = LF
    this.length = at + 2
    return true
  }

  bulkRange(source: Uint8Array, from: number, to: number): void {
    const bytes = to - from
    this.reserve(bytes + 24)
    this.#number(0x24, bytes)
    copyBytes(source, from, to, this.buffer, this.length)
    this.length += bytes
    this.#crlf()
  }

  null(): void {
    this.raw(this.version === 2 ? NULL_BULK : NULL)
  }

  nullArray(): void {
    this.raw(this.version === 2 ? NULL_ARRAY : NULL)
  }

  array(length: number): void {
    this.#header(0x2a, length)
  }

  map(pairs: number): void {
    if (this.version === 2) this.#header(0x2a, pairs * 2)
    else this.#header(0x25, pairs)
  }

  set(length: number): void {
    this.#header(this.version === 2 ? 0x2a : 0x7e, length)
  }

  push(length: number): void {
    this.#header(this.version === 2 ? 0x2a : 0x3e, length)
  }

  attribute(pairs: number): void {
    this.#header(0x7c, pairs)
  }

  double(value: number): void {
    const bytes = writeDouble(value, doubleText, 0)
    if (this.version === 2) {
      this.bulkRange(doubleText, 0, bytes)
      return
    }
    this.reserve(bytes + 3)
    this.buffer[this.length++] = 0x2c
    copyBytes(doubleText, 0, bytes, this.buffer, this.length)
    this.length += bytes
    this.#crlf()
  }

  boolean(value: boolean): void {
    if (this.version === 2) this.integer(value ? 1 : 0)
    else this.raw(value ? TRUE : FALSE)
  }

  bigNumber(digits: string | bigint): void {
    if (this.version === 2) this.bulk(digits.toString())
    else this.#line(0x28, digits.toString())
  }

  verbatim(format: string, text: string | Uint8Array): void {
    if (this.version === 2) {
      this.bulk(text)
      return
    }
    const bytes = typeof text === 'string' ? Buffer.from(text) : text
    this.#header(0x3d, bytes.length + 4)
    // The format counts as three bytes in the length, whatever a module gives; Redis cuts and fills it up likewise.
    this.raw(Buffer.from(`${format.padEnd(3).slice(0, 3)}:`, 'latin1'))
    this.raw(bytes)
    this.raw(CRLF)
  }

  deferred(): DeferredMark {
    this.reserve(0)
    return this.length
  }

  endDeferred(mark: DeferredMark, kind: 'array' | 'map' | 'set' | 'push', length: number): void {
    const bodyBytes = this.length - mark
    // The header is written behind the body, then the two change places.
    this[kind](length)
    const headerBytes = this.length - mark - bodyBytes
    const header = Buffer.from(this.buffer.subarray(mark + bodyBytes, this.length))
    this.buffer.copyWithin(mark + headerBytes, mark, mark + bodyBytes)
    header.copy(this.buffer, mark)
  }

  #line(prefix: number, text: string): void {
    this.reserve(text.length * 3 + 3)
    this.buffer[this.length++] = prefix
    this.length += this.buffer.write(text, this.length)
    this.#crlf()
  }

  #header(prefix: number, value: number): void {
    this.reserve(24)
    this.#number(prefix, value)
  }

  /** Writes a prefix, an integer and a line end; the room must be reserved. */
  #number(prefix: number, value: number): void {
    const buffer = this.buffer
    let at = this.length
    buffer[at++] = prefix
    if (value >= 0 && value < 10) buffer[at++] = 0x30 + value
    else at = formatInteger(value, buffer, at)
    buffer[at] = CR
    buffer[at + 1] = LF
    this.length = at + 2
  }

  #crlf(): void {
    this.buffer[this.length] = CR
    this.buffer[this.length + 1] = LF
    this.length += 2
  }
}
