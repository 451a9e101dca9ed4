import {
  AttributedValue,
  CommandError,
  DoubleValue,
  type ReplyValue,
  SimpleString,
  VerbatimString,
} from '@modis/sdk'
import type { ReplyWriter } from './reply-writer.ts'

const MIN_INTEGER = -(2n ** 63n)
const MAX_INTEGER = 2n ** 63n - 1n

/** Writes what a handler returned, by the rules of the SDK's `ReplyValue`. */
export function writeValue(reply: ReplyWriter, value: ReplyValue): void {
  switch (typeof value) {
    case 'string':
      reply.bulk(value)
      return
    case 'number':
      if (Number.isSafeInteger(value)) reply.integer(value)
      else reply.double(value)
      return
    case 'bigint':
      writeBigInt(reply, value)
      return
    case 'boolean':
      reply.boolean(value)
      return
    default:
      writeObject(reply, value)
  }
}

function writeBigInt(reply: ReplyWriter, value: bigint): void {
  const rounded = Number(value)
  // Most are small: counters, which are 64-bit integers only in case.
  if (Number.isSafeInteger(rounded)) reply.integer(rounded)
  else if (value >= MIN_INTEGER && value <= MAX_INTEGER) reply.integer(value)
  else reply.bigNumber(value)
}

function writeObject(
  reply: ReplyWriter,
  value: Exclude<ReplyValue, string | number | bigint | boolean>,
): void {
  if (value === null) reply.null()
  else if (value instanceof Uint8Array) reply.bulk(value)
  else if (value instanceof SimpleString) reply.simple(value.text.replace(/[\r\n]/g, ' '))
  else if (value instanceof CommandError) reply.error(value.message, value.code)
  else if (value instanceof Error) reply.error(value.message)
  else if (value instanceof DoubleValue) reply.double(value.value)
  else if (value instanceof VerbatimString) reply.verbatim(value.format, value.text)
  else if (value instanceof AttributedValue) writeAttributed(reply, value)
  else if (value instanceof Map) {
    reply.map(value.size)
    for (const [key, each] of value) {
      writeValue(reply, key)
      writeValue(reply, each)
    }
  } else if (value instanceof Set) {
    reply.set(value.size)
    for (const each of value) writeValue(reply, each)
  } else if (Array.isArray(value)) {
    reply.array(value.length)
    for (const each of value) writeValue(reply, each)
  } else {
    throw noReply(value)
  }
}

function noReply(value: unknown): TypeError {
  const isObject = typeof value === 'object'
  const what = isObject ? `an object (${value?.constructor?.name ?? 'without a class'})` : typeof value
  const remedy = isObject
    ? 'return a Map, such as new Map(Object.entries(object)), for a map'
    : 'strings, numbers, bigint, booleans, null, bytes, arrays, Map, Set and errors are'
  return new TypeError(`${what} is no reply; ${remedy}`)
}

function writeAttributed(reply: ReplyWriter, value: AttributedValue): void {
  if (reply.version === 3) {
    reply.attribute(value.attributes.size)
    for (const [name, attribute] of value.attributes) {
      reply.bulk(name)
      writeValue(reply, attribute)
    }
  }
  writeValue(reply, value.value)
}
