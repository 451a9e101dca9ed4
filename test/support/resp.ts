// Reads replies of RESP2 and RESP3: how far one reaches, and what it says. Kept apart from the server's own code, so
// that a mistake there cannot hide itself here.

/** An error reply. */
export class ReplyError {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** A simple string, which is not the same answer as a bulk string of the same text. */
export class Status {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** A double of RESP3, by its text: how it is written is part of the answer. */
export class DoubleText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** Text with a format of RESP3. */
export class Verbatim {
  readonly format: string
  readonly text: string
  constructor(format: string, text: string) {
    this.format = format
    this.text = text
  }
}

/** Out-of-band data of RESP3. */
export class Push {
  readonly values: Value[]
  constructor(values: Value[]) {
    this.values = values
  }
}

/** A reply: bulk strings are latin1 strings, so that every byte shows; integers past 2^53 are bigints. */
export type Value =
  | string
  | number
  | bigint
  | boolean
  | null
  | ReplyError
  | Status
  | DoubleText
  | Verbatim
  | Push
  | Value[]
  | Map<Value, Value>
  | Set<Value>

/** One value read from a buffer, and the offset after it. */
export interface Read {
  readonly value: Value
  readonly end: number
}

/**
 * Reads the value that starts at `at`; undefined where not all of it has arrived.
 * @throws Error where the bytes are no RESP
 */
export function read(buffer: Buffer, at: number): Read | undefined {
  const lineEnd = buffer.indexOf('\r\n', at)
  if (lineEnd < 0) return undefined
  const type = String.fromCharCode(buffer[at] as number)
  const line = buffer.toString('latin1', at + 1, lineEnd)
  const after = lineEnd + 2
  if ('$=!'.includes(type)) return readBulk(type, Number(line), buffer, after)
  if ('*~>'.includes(type)) return readList(type, Number(line), buffer, after)
  if (type === '%' || type === '|') return readMap(type, Number(line), buffer, after)
  return { value: simpleValue(type, line), end: after }
}

function simpleValue(type: string, line: string): Value {
  switch (type) {
    case '+':
      return new Status(line)
    case '-':
      return new ReplyError(line)
    case ':':
      return Number.isSafeInteger(Number(line)) ? Number(line) : BigInt(line)
    case ',':
      return new DoubleText(line)
    case '(':
      return BigInt(line)
    case '#':
      return line === 't'
    case '_':
      return null
    default:
      throw new Error(`no RESP type '${type}' (${JSON.stringify(line.slice(0, 60))})`)
  }
}

function readBulk(type: string, length: number, buffer: Buffer, at: number): Read | undefined {
  if (length < 0) return { value: null, end: at }
  const end = at + length + 2
  if (end > buffer.length) return undefined
  const text = buffer.toString('latin1', at, end - 2)
  if (type === '!') return { value: new ReplyError(text), end }
  return { value: type === '=' ? new Verbatim(text.slice(0, 3), text.slice(4)) : text, end }
}

function readList(type: string, length: number, buffer: Buffer, at: number): Read | undefined {
  if (length < 0) return { value: null, end: at }
  const values: Value[] = []
  let end = at
  for (let index = 0; index < length; index++) {
    const element = read(buffer, end)
    if (element === undefined) return undefined
    values.push(element.value)
    end = element.end
  }
  if (type === '~') return { value: new Set(values), end }
  return { value: type === '>' ? new Push(values) : values, end }
}

function readMap(type: string, pairs: number, buffer: Buffer, at: number): Read | undefined {
  const map = new Map<Value, Value>()
  let end = at
  for (let index = 0; index < pairs; index++) {
    const key = read(buffer, end)
    const value = key === undefined ? undefined : read(buffer, key.end)
    if (key === undefined || value === undefined) return undefined
    map.set(key.value, value.value)
    end = value.end
  }
  // Attributes belong to the value that follows; a comparison of raw bytes sees them all the same.
  return type === '|' ? read(buffer, end) : { value: map, end }
}

/** The bytes of a request. */
export function request(args: readonly (string | number | bigint | Uint8Array)[]): Buffer {
  const parts: Buffer[] = [Buffer.from(`*${args.length}\r\n`)]
  for (const arg of args) {
    const bytes = arg instanceof Uint8Array ? Buffer.from(arg) : Buffer.from(String(arg))
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n'))
  }
  return Buffer.concat(parts)
}

/** What a reply says as plain text, a status and a bulk string alike; an error with its code. */
export function textOf(value: Value | undefined): string {
  const isText = value instanceof Status || value instanceof DoubleText || value instanceof Verbatim
  return isText || value instanceof ReplyError ? value.text : String(value)
}

/** The bytes of a bulk string. */
export function bytesOf(value: Value): Buffer {
  if (typeof value !== 'string') throw new Error(`not a bulk string but ${textOf(value)}`)
  return Buffer.from(value, 'latin1')
}
