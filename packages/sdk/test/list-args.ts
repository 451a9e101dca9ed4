import type { Args } from '../src/args.ts'
import { CommandError } from '../src/errors.ts'
import type { BytesLike } from '../src/keys.ts'

const zero = 0x30
const minus = 0x2d
const largestSigned = 0x7fff_ffff_ffff_ffffn
const smallestSigned = -0x8000_0000_0000_0000n
/** Digits of the longest 64-bit integer, with its sign. */
const longestInteger = 20

const notAnInteger = (): CommandError => new CommandError('value is not an integer or out of range')
const notADouble = (): CommandError => new CommandError('value is not a valid float')

/**
 * A signed 64-bit integer as Redis reads one: decimal digits, a `-` before them, no zeros in front, nothing else.
 * Returns `null` where the text is none.
 */
export const parseInteger64 = (text: string): bigint | null => {
  if (text.length > longestInteger || !/^(?:0|-?[1-9][0-9]*)$/.test(text)) return null
  const value = BigInt(text)
  return value >= smallestSigned && value <= largestSigned ? value : null
}

const special: Readonly<Record<string, number>> = {
  inf: Number.POSITIVE_INFINITY,
  '+inf': Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  '+infinity': Number.POSITIVE_INFINITY,
  '-infinity': Number.NEGATIVE_INFINITY,
}

/** A double as Redis reads one: decimal notation or `inf`, in full; `null` where the text is none. */
export const parseDouble = (text: string): number | null => {
  if (/^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/.test(text)) {
    const value = Number(text)
    return Number.isFinite(value) ? value : null
  }
  return special[text.toLowerCase()] ?? null
}

/** {@link Args} over separate words, laid out one after another; for calls that did not come from a connection. */
export class ListArgs implements Args {
  readonly count: number
  readonly buffer: Buffer
  private readonly ends: readonly number[]

  constructor(words: readonly BytesLike[]) {
    const parts = words.map((word) => (typeof word === 'string' ? Buffer.from(word) : word))
    this.count = parts.length
    this.buffer = Buffer.concat(parts)
    let end = 0
    this.ends = parts.map((part) => {
      end += part.length
      return end
    })
  }

  start(index: number): number {
    return index === 0 ? 0 : this.end(index - 1)
  }

  end(index: number): number {
    const end = this.ends[index]
    if (end === undefined) throw new RangeError(`there is no argument ${index}; there are ${this.count}`)
    return end
  }

  length(index: number): number {
    return this.end(index) - this.start(index)
  }

  bytes(index: number): Buffer {
    return Buffer.from(this.buffer.subarray(this.start(index), this.end(index)))
  }

  string(index: number): string {
    return this.buffer.toString('utf8', this.start(index), this.end(index))
  }

  equals(index: number, token: string): boolean {
    const from = this.start(index)
    if (this.length(index) !== token.length) return false
    for (let offset = 0; offset < token.length; offset++) {
      const byte = this.buffer[from + offset] as number
      const upper = byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte
      if (upper !== token.charCodeAt(offset)) return false
    }
    return true
  }

  integer(index: number): number {
    const value = Number(this.integer64(index))
    if (!Number.isSafeInteger(value)) throw notAnInteger()
    return value
  }

  integer64(index: number): bigint {
    const first = this.buffer[this.start(index)] as number
    const plausible = this.length(index) > 0 && (first === minus || (first >= zero && first <= zero + 9))
    const value = plausible ? parseInteger64(this.string(index)) : null
    if (value === null) throw notAnInteger()
    return value
  }

  double(index: number): number {
    const value = parseDouble(this.string(index))
    if (value === null) throw notADouble()
    return value
  }
}
