import { type Args, CommandError } from '@modis/sdk'
import { isInteger64, parseDouble, parseInteger64, parseSafeInteger } from '../keyspace/packed/numbers.ts'

export const notAnInteger = new CommandError('value is not an integer or out of range')
export const notAFloat = new CommandError('value is not a valid float')

/** The arguments of one request as ranges of the buffer it arrived in. */
export class RequestArgs implements Args {
  buffer: Buffer
  count = 0
  starts = new Int32Array(16)
  ends = new Int32Array(16)
  /** Whether the arguments have memory of their own, for a command that goes on later: the next request takes others. */
  isDetached = false

  constructor(buffer: Buffer) {
    this.buffer = buffer
  }

  /** Arguments with the given contents, in memory of their own. */
  static from(values: readonly (Uint8Array | string)[]): RequestArgs {
    const parts = values.map((value) => (typeof value === 'string' ? Buffer.from(value) : value))
    const args = new RequestArgs(Buffer.concat(parts))
    let at = 0
    for (const part of parts) {
      args.push(at, at + part.length)
      at += part.length
    }
    return args
  }

  /** Adds an argument at `buffer[start, end)`. */
  push(start: number, end: number): void {
    const index = this.count
    if (index === this.starts.length) this.#grow()
    this.starts[index] = start
    this.ends[index] = end
    this.count = index + 1
  }

  #grow(): void {
    const starts = new Int32Array(this.starts.length * 2)
    const ends = new Int32Array(this.ends.length * 2)
    starts.set(this.starts)
    ends.set(this.ends)
    this.starts = starts
    this.ends = ends
  }

  /** A copy of the arguments in memory of their own, for what outlives the request. */
  clone(): RequestArgs {
    return this.slice(0)
  }

  /** As {@link clone}, without the arguments before `first`. */
  slice(first: number): RequestArgs {
    const count = this.count - first
    const from = count > 0 ? (this.starts[first] as number) : 0
    const to = count > 0 ? (this.ends[this.count - 1] as number) : 0
    const copy = new RequestArgs(Buffer.from(this.buffer.subarray(from, to)))
    copy.count = count
    copy.starts = this.starts.slice(first, this.count)
    copy.ends = this.ends.slice(first, this.count)
    for (let i = 0; i < count; i++) {
      copy.starts[i] = (copy.starts[i] as number) - from
      copy.ends[i] = (copy.ends[i] as number) - from
    }
    return copy
  }

  /** Takes the arguments out of the memory that the next request uses. */
  detach(): void {
    if (this.isDetached) return
    const { buffer, starts, ends } = this.clone()
    this.buffer = buffer
    this.starts = starts
    this.ends = ends
    this.isDetached = true
  }

  start(index: number): number {
    return this.starts[index] as number
  }

  end(index: number): number {
    return this.ends[index] as number
  }

  length(index: number): number {
    return (this.ends[index] as number) - (this.starts[index] as number)
  }

  bytes(index: number): Buffer {
    return Buffer.from(this.buffer.subarray(this.starts[index] as number, this.ends[index] as number))
  }

  string(index: number): string {
    return this.buffer.toString('utf8', this.starts[index] as number, this.ends[index] as number)
  }

  equals(index: number, token: string): boolean {
    const start = this.starts[index] as number
    const length = token.length
    if ((this.ends[index] as number) - start !== length) return false
    const buffer = this.buffer
    for (let i = 0; i < length; i++) {
      let byte = buffer[start + i] as number
      if (byte >= 0x61 && byte <= 0x7a) byte -= 0x20
      if (byte !== token.charCodeAt(i)) return false
    }
    return true
  }

  integer(index: number): number {
    const value = parseSafeInteger(this.buffer, this.starts[index] as number, this.ends[index] as number)
    if (Number.isNaN(value)) throw notAnInteger
    return value
  }

  integer64(index: number): bigint {
    const value = parseInteger64(this.buffer, this.starts[index] as number, this.ends[index] as number)
    if (value === undefined) throw notAnInteger
    return value
  }

  /** Whether the argument is written as a signed 64-bit integer. */
  isInteger(index: number): boolean {
    return isInteger64(this.buffer, this.starts[index] as number, this.ends[index] as number)
  }

  double(index: number): number {
    const value = parseDouble(this.buffer, this.starts[index] as number, this.ends[index] as number)
    if (Number.isNaN(value)) throw notAFloat
    return value
  }
}
