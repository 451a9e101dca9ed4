/**
 * Thrown when bytes that came from outside are not what their encoding allows: a truncated file, a corrupt DUMP payload.
 */
export class CorruptDataError extends Error {
  /** The encoding the bytes were taken for: `ziplist`, `lzf` and so on. */
  readonly encoding: string
  /** Offset of the offending byte, from the start of the encoded value. */
  readonly offset: number

  constructor(encoding: string, offset: number, reason: string) {
    super(`corrupt ${encoding} at byte ${offset}: ${reason}`)
    this.name = 'CorruptDataError'
    this.encoding = encoding
    this.offset = offset
  }
}
