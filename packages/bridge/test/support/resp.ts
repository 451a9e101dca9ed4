// RESP, as the tests write and read it.

export type Parsed = string | number | boolean | null | Error | Parsed[] | Map<Parsed, Parsed> | Set<Parsed>

export const ok = Buffer.from('+OK\r\n')

export function integer(value: number): Buffer {
  return Buffer.from(`:${value}\r\n`)
}

export function bulk(value: Uint8Array | string | null): Buffer {
  if (value === null) return Buffer.from('$-1\r\n')
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n')])
}

export function array(items: Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(`*${items.length}\r\n`), ...items])
}

export function error(text: string): Buffer {
  return Buffer.from(`-${text}\r\n`)
}

/** Parses exactly one reply; throws when bytes are left or missing. */
export function parse(bytes: Uint8Array): Parsed {
  const text = Buffer.from(bytes).toString('latin1')
  const [value, end] = parseAt(text, 0)
  if (end !== text.length) throw new Error(`bytes after the reply: ${JSON.stringify(text.slice(end))}`)
  return value
}

function parseItems(text: string, start: number, count: number): [Parsed[], number] {
  const items: Parsed[] = []
  let at = start
  for (let index = 0; index < count; index++) {
    const [item, next] = parseAt(text, at)
    items.push(item)
    at = next
  }
  return [items, at]
}

function parseAt(text: string, start: number): [Parsed, number] {
  const end = text.indexOf('\r\n', start)
  if (end < 0) throw new Error(`truncated reply: ${JSON.stringify(text.slice(start))}`)
  const line = text.slice(start + 1, end)
  const at = end + 2
  const length = Number(line)
  switch (text[start]) {
    case '+':
      return [line, at]
    case '-':
      return [new Error(line), at]
    case ':':
      return [length, at]
    case ',':
      return [line === 'inf' ? Infinity : line === '-inf' ? -Infinity : length, at]
    case '(':
      return [line, at]
    case '_':
      return [null, at]
    case '#':
      return [line === 't', at]
    case '$':
    case '=':
      if (length < 0) return [null, at]
      if (text.slice(at + length, at + length + 2) !== '\r\n') throw new Error('bad bulk length')
      return [text.slice(at, at + length), at + length + 2]
    case '*':
      return length < 0 ? [null, at] : parseItems(text, at, length)
    case '~': {
      const [items, next] = parseItems(text, at, length)
      return [new Set(items), next]
    }
    case '%': {
      const [items, next] = parseItems(text, at, length * 2)
      const map = new Map<Parsed, Parsed>()
      for (let index = 0; index < items.length; index += 2) map.set(items[index], items[index + 1])
      return [map, next]
    }
    case '|': {
      const [, next] = parseItems(text, at, length * 2)
      return parseAt(text, next)
    }
    default:
      throw new Error(`unknown reply type: ${JSON.stringify(text.slice(start, start + 20))}`)
  }
}
