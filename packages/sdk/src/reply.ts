import { recogniseCopies } from './brand.ts'

/** What a deferred aggregate returns, to be passed to {@link Reply.endDeferred}. */
export type DeferredMark = number

/**
 * Writes one command's reply as protocol bytes. Every method writes one value in the protocol version the client
 * speaks: what RESP2 lacks (maps, sets, doubles, booleans, …) falls back as it does in Redis.
 * An aggregate writes its header; the elements follow by further calls.
 */
export interface Reply {
  /** Protocol version of the client: 2 or 3. */
  readonly version: 2 | 3
  /** `+OK`. */
  ok(): void
  /** A simple string; must hold neither CR nor LF. */
  simple(text: string): void
  /** An error; `message` is sanitised of CR and LF. */
  error(message: string, code?: string): void
  integer(value: number | bigint): void
  /** A bulk string; a JavaScript string is encoded as UTF-8. */
  bulk(value: Uint8Array | string): void
  /** A bulk string of the bytes `from` (inclusive) to `to` (exclusive) of `source`, copied at once. */
  bulkRange(source: Uint8Array, from: number, to: number): void
  /** Null: `$-1` in RESP2, `_` in RESP3. */
  null(): void
  /** Null where RESP2 expects an array: `*-1` in RESP2, `_` in RESP3. */
  nullArray(): void
  array(length: number): void
  /** A map of `pairs` keys and values; in RESP2 an array of twice as many elements. */
  map(pairs: number): void
  set(length: number): void
  /** Out-of-band data; in RESP2 an array. */
  push(length: number): void
  /** Attributes that precede a value; only for clients with `version` 3. */
  attribute(pairs: number): void
  /** A double; in RESP2 a bulk string. */
  double(value: number): void
  /** A boolean; in RESP2 1 or 0. */
  boolean(value: boolean): void
  /** A decimal integer of any size; in RESP2 a bulk string. */
  bigNumber(digits: string | bigint): void
  /** Text with a three-letter format such as `txt`; in RESP2 a bulk string. */
  verbatim(format: string, text: string | Uint8Array): void
  /** Starts an aggregate whose length is not known yet. */
  deferred(): DeferredMark
  /** Gives the aggregate started at `mark` its kind and length; calls may nest, innermost first. */
  endDeferred(mark: DeferredMark, kind: 'array' | 'map' | 'set' | 'push', length: number): void
}

/** Wraps a text so that it is replied as a simple string rather than a bulk string; line ends in it become blanks. */
export class SimpleString {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}
recogniseCopies(SimpleString)

/** Wraps text with a format of three letters, cut or filled up to that, so that it is replied as a RESP3 verbatim string. */
export class VerbatimString {
  readonly format: string
  readonly text: string
  constructor(format: string, text: string) {
    this.format = format
    this.text = text
  }
}
recogniseCopies(VerbatimString)

/** Wraps a number so that it is replied as a double even where it is whole. */
export class DoubleValue {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}
recogniseCopies(DoubleValue)

/** A RESP3 attribute followed by the value it annotates; RESP2 clients get the value alone. */
export class AttributedValue {
  readonly attributes: Map<string, ReplyValue>
  readonly value: ReplyValue
  constructor(attributes: Map<string, ReplyValue>, value: ReplyValue) {
    this.attributes = attributes
    this.value = value
  }
}
recogniseCopies(AttributedValue)

/**
 * What a handler may return; it is written as the command's reply.
 *
 * Strings and bytes become bulk strings, whole numbers within ±(2^53 − 1) integers, other numbers doubles, `bigint`
 * within 64 bits integers and beyond big numbers, `null` a null, arrays arrays, a `Map` a map, a `Set` a set, booleans
 * booleans, an `Error` an error reply.
 */
export type ReplyValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | Error
  | SimpleString
  | VerbatimString
  | DoubleValue
  | AttributedValue
  | readonly ReplyValue[]
  | Map<ReplyValue, ReplyValue>
  | Set<ReplyValue>
