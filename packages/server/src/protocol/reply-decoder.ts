import { type CallReply, CommandError, VerbatimString } from '@modis/sdk'

const CR = 0x0d
const MAX_DEPTH = 1000

/**
 * Turns the bytes of one reply, of either protocol version, into values: what a module's call of a command returns.
 * The bytes come from this server's own writer, so that they are whole and well formed.
 */
export class ReplyDecoder {
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0
  #text = false

  /**
   * The reply that starts at `from`. An error anywhere in it becomes a {@link CommandError} in its place. Bulk strings are
   * copied, or with `text` decoded as UTF-8.
   */
  decode(bytes: Buffer, from: number, text: boolean): CallReply {
    this.#bytes = bytes
    this.#at = from
    this.#text = text
    return this.#value(0)
  }

  /** Offset one past the reply last decoded. */
  get end(): number {
    return this.#at
  }

  #value(depth: number): CallReply {
    if (depth > MAX_DEPTH) throw new RangeError(`a reply is nested deeper than ${MAX_DEPTH} levels`)
    const kind = this.#bytes[this.#at++] as number
    switch (kind) {
      case 0x24: // $
        return this.#bulk()
      case 0x3a: // :
        return this.#integer()
      case 0x2b: // +
        return this.#line()
      case 0x2d: // -
        return this.#error()
      case 0x5f: // _
        this.#at += 2
        return null
      default:
        return this.#other(kind, depth)
    }
  }

  #other(kind: number, depth: number): CallReply {
    switch (kind) {
      case 0x2a: // *
      case 0x3e: // >
        return this.#array(depth)
      case 0x25: // %
        return this.#map(depth)
      case 0x7e: // ~
        return new Set(this.#array(depth) ?? [])
      case 0x2c: // ,
        return this.#double()
      case 0x23: // #
        this.#at += 3
        return this.#bytes[this.#at - 3] === 0x74
      case 0x28: // (
        return BigInt(this.#line())
      case 0x3d: // =
        return this.#verbatim()
      case 0x7c: // |
        this.#map(depth)
        return this.#value(depth)
      default:
        throw new RangeError(`a reply starts with byte ${kind}`)
    }
  }

  #line(): string {
    const start = this.#at
    let end = start
    while (this.#bytes[end] !== CR) end++
    this.#at = end + 2
    return this.#bytes.toString('utf8', start, end)
  }

  #integer(): number | bigint {
    const bytes = this.#bytes
    let at = this.#at
    const negative = bytes[at] === 0x2d
    const start = negative ? at + 1 : at
    let value = 0
    for (at = start; bytes[at] !== CR; at++) value = value * 10 + (bytes[at] as number) - 0x30
    this.#at = at + 2
    if (at - start <= 15) return negative ? -value : value
    const exact = BigInt(bytes.toString('latin1', start, at)) * (negative ? -1n : 1n)
    return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact
  }

  /** A length, −1 for a null of RESP2. */
  #length(): number {
    return Number(this.#integer())
  }

  #bulk(): Buffer | string | null {
    const length = this.#length()
    if (length < 0) return null
    const start = this.#at
    this.#at = start + length + 2
    if (this.#text) return this.#bytes.toString('utf8', start, start + length)
    return Buffer.from(this.#bytes.subarray(start, start + length))
  }

  #error(): CommandError {
    const line = this.#line()
    const space = line.indexOf(' ')
    return space < 0
      ? new CommandError('', line)
      : new CommandError(line.slice(space + 1), line.slice(0, space))
  }

  #double(): number {
    const text = this.#line()
    if (text === 'inf') return Number.POSITIVE_INFINITY
    return text === '-inf' ? Number.NEGATIVE_INFINITY : Number(text)
  }

  #array(depth: number): CallReply[] | null {
    const length = this.#length()
    if (length < 0) return null
    const values: CallReply[] = []
    for (let i = 0; i < length; i++) values.push(this.#value(depth + 1))
    return values
  }

  #map(depth: number): Map<CallReply, CallReply> {
    const pairs = this.#length()
    const values = new Map<CallReply, CallReply>()
    for (let i = 0; i < pairs; i++) {
      const key = this.#value(depth + 1)
      // A Buffer as a key would never be found again.
      values.set(Buffer.isBuffer(key) ? key.toString() : key, this.#value(depth + 1))
    }
    return values
  }

  #verbatim(): VerbatimString {
    const length = this.#length()
    const start = this.#at
    this.#at = start + length + 2
    const format = this.#bytes.toString('latin1', start, start + 3)
    return new VerbatimString(format, this.#bytes.toString('utf8', start + 4, start + length))
  }
}
