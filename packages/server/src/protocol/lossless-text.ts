import { isUtf8 } from 'node:buffer'

/** A byte that is no UTF-8 is kept as the lone surrogate that lies so far above it, which no UTF-8 decodes to. */
const ESCAPE = 0xdc00
const FIRST_HIGH_BYTE = 0x80

/**
 * Bytes as text from which {@link bytesOf} makes the same bytes again, whether they are UTF-8 or not: for what users
 * may give in any encoding, such as option values and the arguments of modules.
 */
export function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (isUtf8(buffer)) return buffer.toString()
  let text = ''
  let at = 0
  while (at < buffer.length) {
    const length = characterLength(buffer, at)
    if (length === 0) text += String.fromCharCode(ESCAPE + (buffer[at] as number))
    else text += buffer.toString('utf8', at, at + length)
    at += Math.max(1, length)
  }
  return text
}

/** Length of the UTF-8 character at `at`; 0 where there is none. */
function characterLength(buffer: Buffer, at: number): number {
  if ((buffer[at] as number) < FIRST_HIGH_BYTE) return 1
  for (let length = 2; length <= 4 && at + length <= buffer.length; length++) {
    if (isUtf8(buffer.subarray(at, at + length))) return length
  }
  return 0
}

/** Whether a text may hold bytes that are no UTF-8. */
export function holdsBytes(text: string): boolean {
  return /[\udc80-\udcff]/.test(text)
}

/** The bytes that {@link textOf} made a text of; of any other text its UTF-8. */
export function bytesOf(text: string): Buffer {
  if (!holdsBytes(text)) return Buffer.from(text)
  const parts: Buffer[] = []
  for (const character of text) {
    const code = character.charCodeAt(0)
    const isEscape = character.length === 1 && code >= ESCAPE + FIRST_HIGH_BYTE && code <= ESCAPE + 0xff
    parts.push(isEscape ? Buffer.from([code - ESCAPE]) : Buffer.from(character))
  }
  return Buffer.concat(parts)
}
