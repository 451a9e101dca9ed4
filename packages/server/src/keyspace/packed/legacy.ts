import { CorruptDataError } from './corrupt-data-error.ts'
import { ElementView } from './element-view.ts'
import * as listpack from './listpack.ts'
import type { Region } from './region.ts'

// Readers of what listpacks replaced: ziplists (Redis 2.6 to 6.2) and zipmaps (before 2.6), as old RDB files hold them.
// The bytes may be anything; a reader checks each step before it takes it and throws CorruptDataError.

const ZIPLIST = 'ziplist'
const ZIPLIST_HEADER_BYTES = 10
const ZIPMAP = 'zipmap'
const END = 0xff
const UNKNOWN_COUNT = 0xffff
const LONG_LENGTH = 254

/** Reads the elements of a ziplist one after the other. */
export class ZiplistReader {
  /** The element that the last {@link ZiplistReader.next} found. */
  readonly element = new ElementView()
  readonly #bytes: Buffer
  readonly #start: number
  /** Offset of the last byte. */
  readonly #end: number
  #at: number
  #previousSize = 0
  #elements = 0

  /** @throws CorruptDataError where `bytes[start, start + length)` has no valid ziplist header and end */
  constructor(bytes: Buffer, start: number, length: number) {
    this.#bytes = bytes
    this.#start = start
    this.#end = start + length - 1
    this.#at = start + ZIPLIST_HEADER_BYTES
    if (length < ZIPLIST_HEADER_BYTES + 1 || this.#end >= bytes.length) this.#fail(start, 'too short')
    if (bytes.readUInt32LE(start) !== length)
      this.#fail(start, `its header says ${bytes.readUInt32LE(start)} bytes`)
    if (bytes[this.#end] !== END) this.#fail(this.#end, 'the end mark is missing')
    if (bytes.readUInt32LE(start + 4) > length - 1)
      this.#fail(start + 4, 'the last element is said to lie outside')
  }

  /**
   * Moves on to the next element; returns false at the end.
   * @throws CorruptDataError where the element is malformed, or at the end where the header disagrees with what was read
   */
  next(): boolean {
    if (this.#at === this.#end) {
      this.#checkHeader()
      return false
    }
    const from = this.#at
    const previous = this.#bytes[from]
    if (previous === END) this.#fail(from, 'an end mark before the end')
    const prefix = previous < LONG_LENGTH ? 1 : 5
    this.#need(from, prefix + 1)
    const previousSize = prefix === 1 ? previous : this.#bytes.readUInt32LE(from + 1)
    if (previousSize !== this.#previousSize) this.#fail(from, 'the size of the element before it is wrong')
    this.#readValue(from, from + prefix)
    this.#previousSize = this.#at - from
    this.#elements++
    return true
  }

  #readValue(entry: number, at: number): void {
    const lead = this.#bytes[at]
    if (lead < 0xc0) {
      const header = lead < 0x40 ? 1 : lead < 0x80 ? 2 : 5
      // The two low bits of the longest form carry nothing; Redis ignores them, and so does this.
      this.#need(entry, at + header - entry)
      const length = this.#stringLength(at, lead)
      this.#need(entry, at + header + length - entry)
      this.element.setBytes(this.#bytes, at + header, at + header + length)
      this.#at = at + header + length
      return
    }
    const size = integerBytes(lead)
    if (size < 0) this.#fail(at, `no element starts with 0x${lead.toString(16)}`)
    this.#need(entry, at + 1 + size - entry)
    if (size === 8) {
      this.element.setHalves(this.#bytes.readInt32LE(at + 5), this.#bytes.readInt32LE(at + 1))
    } else {
      this.element.setSmall(size === 0 ? (lead & 0xf) - 1 : this.#bytes.readIntLE(at + 1, size))
    }
    this.#at = at + 1 + size
  }

  #stringLength(at: number, lead: number): number {
    if (lead < 0x40) return lead
    return lead < 0x80 ? ((lead & 0x3f) << 8) | this.#bytes[at + 1] : this.#bytes.readUInt32BE(at + 1)
  }

  #checkHeader(): void {
    const noted = this.#bytes.readUInt16LE(this.#start + 8)
    if (noted !== UNKNOWN_COUNT && noted !== this.#elements) {
      this.#fail(this.#start + 8, `its header says ${noted} elements, there are ${this.#elements}`)
    }
    const tail = this.#bytes.readUInt32LE(this.#start + 4)
    if (this.#elements > 0 && this.#start + tail !== this.#end - this.#previousSize) {
      this.#fail(this.#start + 4, 'the last element is not where its header says')
    }
  }

  /** Checks that `count` bytes from `at` lie before the end mark. */
  #need(at: number, count: number): void {
    if (at + count > this.#end) this.#fail(at, 'an element reaches past the end')
  }

  #fail(at: number, reason: string): never {
    throw new CorruptDataError(ZIPLIST, at - this.#start, reason)
  }
}

/** Bytes of the value of an integer element after its first byte `lead`, or -1 where none starts so. */
function integerBytes(lead: number): number {
  switch (lead) {
    case 0xc0:
      return 2
    case 0xd0:
      return 4
    case 0xe0:
      return 8
    case 0xf0:
      return 3
    case 0xfe:
      return 1
    default:
      return lead > 0xf0 && lead < 0xfe ? 0 : -1
  }
}

/** Reads the fields and values of a zipmap one pair after the other. */
export class ZipmapReader {
  /** The field and the value that the last {@link ZipmapReader.next} found. */
  readonly field = new ElementView()
  readonly value = new ElementView()
  readonly #bytes: Buffer
  readonly #start: number
  /** Offset of the last byte. */
  readonly #end: number
  #at: number
  #pairs = 0

  /** @throws CorruptDataError where `bytes[start, start + length)` is too short or has no end mark */
  constructor(bytes: Buffer, start: number, length: number) {
    this.#bytes = bytes
    this.#start = start
    this.#end = start + length - 1
    this.#at = start + 1
    if (length < 2 || this.#end >= bytes.length) this.#fail(start, 'too short')
    if (bytes[this.#end] !== END) this.#fail(this.#end, 'the end mark is missing')
  }

  /**
   * Moves on to the next pair; returns false at the end.
   * @throws CorruptDataError where the pair is malformed, or at the end where there was none or the header disagrees
   */
  next(): boolean {
    const field = this.#at
    // Redis takes the first end mark for the end and does not mind what follows.
    if (this.#bytes[field] === END) {
      this.#checkHeader()
      return false
    }
    const fieldLength = this.#length(field, field)
    const fieldFrom = this.#at
    this.#need(field, fieldFrom + fieldLength)
    this.field.setBytes(this.#bytes, fieldFrom, fieldFrom + fieldLength)
    const valueLength = this.#length(field, fieldFrom + fieldLength)
    // One byte says how many unused bytes follow the value.
    this.#need(field, this.#at + 1)
    const unused = this.#bytes[this.#at]
    const valueFrom = this.#at + 1
    this.#need(field, valueFrom + valueLength + unused)
    this.value.setBytes(this.#bytes, valueFrom, valueFrom + valueLength)
    this.#at = valueFrom + valueLength + unused
    this.#pairs++
    return true
  }

  /** The length at offset `at`; leaves the reader after it. */
  #length(entry: number, at: number): number {
    this.#need(entry, at + 1)
    const length = this.#bytes[at]
    if (length < LONG_LENGTH) {
      this.#at = at + 1
      return length
    }
    this.#need(entry, at + 5)
    this.#at = at + 5
    return this.#bytes.readUInt32LE(at + 1)
  }

  #checkHeader(): void {
    const noted = this.#bytes[this.#start]
    if (this.#pairs === 0) this.#fail(this.#start, 'it is empty')
    if (noted !== LONG_LENGTH && noted !== this.#pairs) {
      this.#fail(this.#start, `its header says ${noted} pairs, there are ${this.#pairs}`)
    }
  }

  /** Checks that everything before offset `to` lies before the end mark. */
  #need(entry: number, to: number): void {
    if (to > this.#end) this.#fail(entry, 'a pair reaches past the end')
  }

  #fail(at: number, reason: string): never {
    throw new CorruptDataError(ZIPMAP, at - this.#start, reason)
  }
}

const text = Buffer.alloc(20)

/** Appends an element of either old encoding to the listpack in `region`. */
function appendElement(region: Region, element: ElementView): void {
  if (element.isInteger) listpack.append(region, text, 0, element.copyTo(text, 0))
  else listpack.append(region, element.bytes, element.from, element.to)
}

/**
 * Makes `region` a listpack of the elements of the ziplist `bytes[start, start + length)`; returns their number.
 * @throws CorruptDataError where that is no valid ziplist; the region is then of no use
 */
export function ziplistToListpack(bytes: Buffer, start: number, length: number, region: Region): number {
  const reader = new ZiplistReader(bytes, start, length)
  listpack.create(region)
  let elements = 0
  for (; reader.next(); elements++) appendElement(region, reader.element)
  return elements
}

/**
 * Makes `region` a listpack of the fields and values of the zipmap `bytes[start, start + length)`; returns the number of
 * pairs. Whether fields repeat is for the caller to check (listpack.validateUnique).
 * @throws CorruptDataError where that is no valid zipmap; the region is then of no use
 */
export function zipmapToListpack(bytes: Buffer, start: number, length: number, region: Region): number {
  const reader = new ZipmapReader(bytes, start, length)
  listpack.create(region)
  let pairs = 0
  for (; reader.next(); pairs++) {
    appendElement(region, reader.field)
    appendElement(region, reader.value)
  }
  return pairs
}
