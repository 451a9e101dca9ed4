const QUOTE = 0x22
const APOSTROPHE = 0x27
const BACKSLASH = 0x5c

const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, b: 8, a: 7 }

/** What may stand before an argument and must follow a closed quote. */
function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0
}

/** What ends an argument; as in Redis, vertical tabs and form feeds do not. */
function isEnd(byte: number): boolean {
  return isSpace(byte) && byte !== 0x0b && byte !== 0x0c
}

/**
 * Splits a line into arguments as a shell would: white space separates, double quotes allow `\n`, `\xFF` and such,
 * single quotes allow `\'`. Undefined where quotes are not closed or are followed by anything but white space.
 * For inline commands and configuration files.
 */
export function splitArguments(line: Uint8Array): Buffer[] | undefined {
  const parts: Buffer[] = []
  let at = 0
  for (;;) {
    while (at < line.length && isSpace(line[at] as number)) at++
    if (at >= line.length) return parts
    const part: number[] = []
    while (at < line.length && !isEnd(line[at] as number)) {
      const byte = line[at] as number
      if (byte === QUOTE || byte === APOSTROPHE) {
        at = byte === QUOTE ? doubleQuoted(line, at + 1, part) : singleQuoted(line, at + 1, part)
        if (at < 0 || (at < line.length && !isSpace(line[at] as number))) return undefined
        break
      }
      part.push(byte)
      at++
    }
    parts.push(Buffer.from(part))
  }
}

function doubleQuoted(line: Uint8Array, from: number, part: number[]): number {
  let at = from
  while (at < line.length) {
    const byte = line[at] as number
    if (byte === QUOTE) return at + 1
    if (byte !== BACKSLASH || at + 1 >= line.length) {
      part.push(byte)
      at++
      continue
    }
    const hex = Buffer.from(line.subarray(at + 2, at + 4)).toString('latin1')
    if (line[at + 1] === 0x78 && /^[0-9a-fA-F]{2}$/.test(hex)) {
      part.push(Number.parseInt(hex, 16))
      at += 4
    } else {
      const escaped = line[at + 1] as number
      part.push(ESCAPES[String.fromCharCode(escaped)] ?? escaped)
      at += 2
    }
  }
  return -1
}

function singleQuoted(line: Uint8Array, from: number, part: number[]): number {
  let at = from
  while (at < line.length) {
    const byte = line[at] as number
    if (byte === APOSTROPHE) return at + 1
    if (byte === BACKSLASH && line[at + 1] === APOSTROPHE) at++
    part.push(line[at] as number)
    at++
  }
  return -1
}
