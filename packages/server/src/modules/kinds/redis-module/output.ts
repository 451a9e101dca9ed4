import type { ReplyWriter } from '../../../protocol/reply-writer.ts'

const DASH = 0x2d
const SPACE = 0x20
const CR = 0x0d

/** Writes a reply that C has made, `bytes[from, to)`, and counts it where it is an error. */
export function writeOutput(reply: ReplyWriter, bytes: Uint8Array, to: number, from = 0): void {
  if (to > from && bytes[from] === DASH) {
    let end = from
    while (end < to && bytes[end] !== CR) end++
    const text = Buffer.from(bytes.subarray(from + 1, end)).toString()
    reply.errors++
    reply.lastErrorText = text
    reply.lastErrorCode = text.split(String.fromCharCode(SPACE), 1)[0] ?? 'ERR'
  }
  reply.raw(bytes, from, to)
}
