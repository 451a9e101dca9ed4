import { AttributedValue, VerbatimString } from '../reply.ts'
import { ReplyError } from './reply-error.ts'

/** A reply as the test client gives it; `push` marks what came out of band. */
export interface Decoded {
  readonly value: unknown
  readonly push: boolean
}

/** Thrown within, where a value has not arrived in full. */
const incomplete = Symbol('incomplete')

const carriageReturn = 0x0d

/**
 * Decodes RESP3 replies from chunks. Bulk strings are Buffers, simple strings strings, whole numbers `number` or, where
 * those are not exact, `bigint`.
 */
export class Resp3Decoder {
  private readonly emit: (decoded: Decoded) => void
  private buffer = Buffer.alloc(0)
  private offset = 0

  constructor(emit: (decoded: Decoded) => void) {
    this.emit = emit
  }

  /** @throws Error where the bytes are no RESP3 */
  feed(chunk: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, chunk])
    while (this.buffer.length > 0) {
      this.offset = 0
      const push = this.buffer[0] === 0x3e
      let value: unknown
      try {
        value = this.value()
      } catch (error) {
        if (error === incomplete) return
        throw error
      }
      this.buffer = this.buffer.subarray(this.offset)
      this.emit({ value, push })
    }
  }

  private line(): string {
    const end = this.buffer.indexOf(carriageReturn, this.offset)
    if (end < 0 || end + 1 >= this.buffer.length) throw incomplete
    const text = this.buffer.toString('utf8', this.offset, end)
    this.offset = end + 2
    return text
  }

  private count(text: string): number {
    const count = Number(text)
    if (!Number.isSafeInteger(count) || count < -1) throw new Error(`'${text}' is not a length in RESP3`)
    return count
  }

  private blob(length: number): Buffer {
    if (this.offset + length + 2 > this.buffer.length) throw incomplete
    const bytes = Buffer.from(this.buffer.subarray(this.offset, this.offset + length))
    this.offset += length + 2
    return bytes
  }

  private list(count: number): unknown[] | null {
    if (count < 0) return null
    const values: unknown[] = []
    for (let index = 0; index < count; index++) values.push(this.value())
    return values
  }

  private map(count: number): Map<unknown, unknown> {
    const values = new Map<unknown, unknown>()
    for (let index = 0; index < count; index++) {
      const key = this.value()
      values.set(Buffer.isBuffer(key) ? key.toString('utf8') : key, this.value())
    }
    return values
  }

  private value(): unknown {
    const line = this.line()
    const rest = line.slice(1)
    switch (line[0]) {
      case '+':
        return rest
      case '-':
        return new ReplyError(rest)
      case ':':
        return exactNumber(rest)
      case '_':
        return null
      case '#':
        return rest === 't'
      case ',':
        return decodeDouble(rest)
      case '(':
        return BigInt(rest)
      default:
        return this.counted(line[0] as string, this.count(rest))
    }
  }

  private counted(type: string, count: number): unknown {
    switch (type) {
      case '$':
        return count < 0 ? null : this.blob(count)
      case '!':
        return new ReplyError(this.blob(count).toString('utf8'))
      case '=':
        return decodeVerbatim(this.blob(count).toString('utf8'))
      case '*':
      case '>':
        return this.list(count)
      case '~':
        return new Set(this.list(count))
      case '%':
        return this.map(count)
      case '|':
        return new AttributedValue(this.map(count) as Map<string, never>, this.value() as never)
      default:
        throw new Error(`'${type}' starts no value in RESP3`)
    }
  }
}

/** An integer reply: a `number` where that is exact, else a `bigint`. */
export const exactNumber = (text: string): number | bigint => {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

const decodeDouble = (text: string): number => {
  if (text === 'inf') return Number.POSITIVE_INFINITY
  return text === '-inf' ? Number.NEGATIVE_INFINITY : Number(text)
}

const decodeVerbatim = (text: string): VerbatimString => new VerbatimString(text.slice(0, 3), text.slice(4))
