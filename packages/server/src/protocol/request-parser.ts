import { giveBuffer, takeBuffer } from './buffer-pool.ts'
import { splitArguments } from './inline-arguments.ts'
import { RequestArgs } from './request-args.ts'

/** A request that breaks the protocol: the client gets the message, then the connection is closed. */
export class ProtocolError extends Error {
  constructor(message: string) {
    super(`Protocol error: ${message}`)
    this.name = 'ProtocolError'
  }
}

/** Limits of requests, by the names of Redis's configuration; read at each use because CONFIG SET changes them. */
export interface RequestLimits {
  /** `proto-max-bulk-len`: bytes of one argument. */
  maxBulkBytes: number
  /** `client-query-buffer-limit`: bytes of requests not executed yet. */
  maxQueryBytes: number
}

const MAX_INLINE_BYTES = 64 * 1024
const MAX_ARGUMENTS = 2 ** 31 - 1
const MAX_ARGUMENTS_UNAUTHENTICATED = 10
const MAX_BULK_BYTES_UNAUTHENTICATED = 16384
const CR = 0x0d
const LF = 0x0a
const STAR = 0x2a
const DOLLAR = 0x24
const EMPTY = Buffer.alloc(0)

/**
 * Cuts a stream of bytes into requests without copying what arrives whole.
 *
 * Chunks go in with {@link feed}; {@link next} answers whether {@link args} holds the next request. What is left of a
 * chunk when a request is not complete is kept, and memory grows only with the bytes that have really arrived.
 */
export class RequestParser {
  readonly #limits: RequestLimits
  /** The request last found; its bytes are valid until the next {@link feed}. */
  args = new RequestArgs(EMPTY)
  /** Whether the client has authenticated; until then the limits are tight. */
  authenticated = true
  #buffer: Buffer = EMPTY
  #position = 0
  #end = 0
  #owned = false
  #remaining = 0
  #bulkLength = -1
  #requestStart = 0

  constructor(limits: RequestLimits) {
    this.#limits = limits
  }

  /** Bytes received and not taken by a request yet. */
  get pendingBytes(): number {
    return this.#end - this.#requestStart
  }

  /** Bytes of memory held for incomplete requests. */
  get bufferBytes(): number {
    return this.#owned ? this.#buffer.length : 0
  }

  /**
   * Takes in what has arrived, the first `bytes` bytes of `chunk`, which must not change until {@link retain} is called.
   * @throws ProtocolError where more bytes wait than the limit allows
   */
  feed(chunk: Buffer, bytes: number): void {
    const pending = this.#end - this.#requestStart
    if (pending === 0) {
      if (this.#owned) giveBuffer(this.#buffer)
      this.#buffer = chunk
      this.#position = 0
      this.#requestStart = 0
      this.#end = bytes
      this.#owned = false
      return
    }
    if (pending + bytes > this.#limits.maxQueryBytes) throw new ProtocolError('too big query buffer')
    this.#append(chunk, bytes, pending)
  }

  /** Copies what is left of the last chunk, whose memory is about to be used for something else. */
  retain(): void {
    if (this.#owned || this.#end === 0) return
    const shift = this.#requestStart
    if (shift === this.#end) {
      this.#drop()
      return
    }
    const own = takeBuffer(roomFor(this.#end - shift))
    this.#buffer.copy(own, 0, shift, this.#end)
    this.#rebase(own, shift)
    this.#owned = true
  }

  /** Appends a chunk to the kept rest of a request, moving the rest to the start of a buffer of our own. */
  #append(chunk: Buffer, bytes: number, pending: number): void {
    const needed = pending + bytes
    const shift = this.#requestStart
    if (!this.#owned || this.#end + bytes > this.#buffer.length) {
      const former = this.#buffer
      const target = this.#owned && needed <= former.length ? former : takeBuffer(roomFor(needed))
      former.copy(target, 0, shift, this.#end)
      this.#rebase(target, shift)
      if (this.#owned && target !== former) giveBuffer(former)
      this.#owned = true
    }
    chunk.copy(this.#buffer, this.#end, 0, bytes)
    this.#end += bytes
  }

  #rebase(target: Buffer, shift: number): void {
    this.#buffer = target
    this.#position -= shift
    this.#end -= shift
    this.#requestStart = 0
    if (this.#remaining === 0) return
    const args = this.args
    args.buffer = target
    for (let i = 0; i < args.count; i++) {
      args.starts[i] = (args.starts[i] as number) - shift
      args.ends[i] = (args.ends[i] as number) - shift
    }
  }

  /**
   * Finds the next request; false where its bytes have not all arrived.
   * @throws ProtocolError
   */
  next(): boolean {
    if (this.#remaining > 0) return this.#continueMultibulk()
    while (this.#position < this.#end) {
      this.#requestStart = this.#position
      if (this.#buffer[this.#position] !== STAR) {
        if (!this.#inline()) return false
        if (this.args.count > 0) return true
        continue
      }
      const lineEnd = this.#lineEnd('too big mbulk count string')
      if (lineEnd < 0) return false
      const count = this.#number(this.#position + 1, lineEnd)
      if (!(count <= MAX_ARGUMENTS)) throw new ProtocolError('invalid multibulk length')
      if (count > MAX_ARGUMENTS_UNAUTHENTICATED && !this.authenticated) {
        throw new ProtocolError('unauthenticated multibulk length')
      }
      this.#position = lineEnd + 2
      if (count <= 0) {
        this.#requestStart = this.#position
        continue
      }
      this.#remaining = count
      this.#bulkLength = -1
      if (this.args.isDetached) this.args = new RequestArgs(EMPTY)
      this.args.buffer = this.#buffer
      this.args.count = 0
      return this.#continueMultibulk()
    }
    this.#drop()
    return false
  }

  #continueMultibulk(): boolean {
    const buffer = this.#buffer
    const end = this.#end
    const args = this.args
    let position = this.#position
    while (this.#remaining > 0) {
      if (this.#bulkLength < 0) {
        // The common case, a length of one or two digits, is read without looking for the end of the line first.
        if (position + 5 <= end && buffer[position] === DOLLAR && buffer[position + 2] === CR) {
          const digit = (buffer[position + 1] as number) - 0x30
          if (digit >= 0 && digit <= 9 && buffer[position + 3] === LF) {
            this.#bulkLength = digit
            position += 4
          }
        }
        if (this.#bulkLength < 0) {
          this.#position = position
          const lineEnd = this.#bulkHeader()
          if (lineEnd < 0) return false
          position = lineEnd + 2
        }
      }
      const stop = position + this.#bulkLength
      if (stop + 2 > end) {
        this.#position = position
        return false
      }
      args.push(position, stop)
      position = stop + 2
      this.#bulkLength = -1
      this.#remaining--
    }
    this.#position = position
    this.#requestStart = position
    return true
  }

  #bulkHeader(): number {
    const lineEnd = this.#lineEnd('too big bulk count string')
    if (lineEnd < 0) return -1
    const first = this.#buffer[this.#position] as number
    if (first !== DOLLAR) throw new ProtocolError(`expected '$', got '${String.fromCharCode(first)}'`)
    const length = this.#number(this.#position + 1, lineEnd)
    if (!(length >= 0 && length <= this.#limits.maxBulkBytes)) throw new ProtocolError('invalid bulk length')
    if (length > MAX_BULK_BYTES_UNAUTHENTICATED && !this.authenticated) {
      throw new ProtocolError('unauthenticated bulk length')
    }
    this.#bulkLength = length
    return lineEnd
  }

  /** Offset of the CR that ends the line at the position, or −1 where the line is not complete. */
  #lineEnd(tooLong: string): number {
    const buffer = this.#buffer
    for (let at = this.#position; at + 1 < this.#end; at++) {
      if (buffer[at] === CR) return at
      if (at - this.#position > MAX_INLINE_BYTES) throw new ProtocolError(tooLong)
    }
    return -1
  }

  /** The decimal integer at `buffer[from, to)`, NaN where it is none or written otherwise than Redis would. */
  #number(from: number, to: number): number {
    const negative = this.#buffer[from] === 0x2d
    const start = negative ? from + 1 : from
    if (start >= to || to - start > 15) return Number.NaN
    if (this.#buffer[start] === 0x30 && (negative || to - start > 1)) return Number.NaN
    let value = 0
    for (let at = start; at < to; at++) {
      const digit = (this.#buffer[at] as number) - 0x30
      if (digit < 0 || digit > 9) return Number.NaN
      value = value * 10 + digit
    }
    return negative ? -value : value
  }

  #inline(): boolean {
    let lineEnd = this.#buffer.indexOf(LF, this.#position)
    if (lineEnd < 0 || lineEnd >= this.#end) {
      if (this.#end - this.#position > MAX_INLINE_BYTES) throw new ProtocolError('too big inline request')
      return false
    }
    const next = lineEnd + 1
    if (lineEnd > this.#position && this.#buffer[lineEnd - 1] === CR) lineEnd--
    const parts = splitArguments(this.#buffer.subarray(this.#position, lineEnd))
    if (parts === undefined) throw new ProtocolError('unbalanced quotes in request')
    this.#position = next
    this.#requestStart = next
    this.args = RequestArgs.from(parts)
    return true
  }

  /** Lets go of the buffer once all of it is read. */
  #drop(): void {
    if (this.#owned) giveBuffer(this.#buffer)
    this.#buffer = EMPTY
    this.#owned = false
    this.#position = 0
    this.#requestStart = 0
    this.#end = 0
  }
}

/** Doubling keeps the copying linear; it is bounded by what has arrived, never by what a header declares. */
function roomFor(bytes: number): number {
  return Math.max(4096, bytes < 1 << 25 ? bytes * 2 : bytes + (1 << 24))
}
