import type { LargeValue } from '../keyspace/objects.ts'
import { ModuleError } from './module-error.ts'
import type { ModuleRecord } from './module-record.ts'

/** Where a value is or is to be; modules may ask for it. The key is empty where it is not known. */
export interface ValuePlace {
  readonly db: number
  readonly key: Uint8Array
}

/** What a value is taken for before its module was asked. */
const GUESSED_BYTES = 64
const ASK_EVERY = 256

export const NO_PLACE: ValuePlace = { db: 0, key: new Uint8Array(0) }

/** What a data type does with its values, whatever kind of module it comes from. `Content` is the module's own value. */
export interface TypeMethods<Content = unknown> {
  /**
   * Whether the server hears of every change of a value, so that what was made of the value can be known to be good still.
   * A Redis module keeps pointers and changes what they lead to as it likes.
   */
  readonly announcesChanges: boolean
  /** Whether the memory of values is counted where it is allocated, so that nobody needs to ask for it. */
  readonly isCounted: boolean
  /** The bridge's number of a Redis module's type. */
  readonly number?: number
  /** The fields of the value with the closing opcode, as in an RDB file after the type's id. */
  save(content: Content, place: ValuePlace): Uint8Array
  /**
   * Reads what {@link save} wrote, closing opcode included, from `bytes[from, to)`.
   * @throws Error where the data is malformed or the module refuses it
   */
  load(
    bytes: Uint8Array,
    from: number,
    to: number,
    encodingVersion: number,
    place: ValuePlace,
  ): { readonly content: Content; readonly consumed: number }
  /**
   * Makes contents of this version of the type of those of another, as {@link save} there and {@link load} here would,
   * as far as they go: what is missing in the result was refused, or comes after that. Undefined where only these can.
   */
  carryFrom?(former: TypeMethods, contents: readonly Content[]): Content[] | undefined
  free(content: Content): void
  /** Bytes the value takes. */
  memoryUsage(content: Content, place: ValuePlace, samples: number): number
  readonly canCopy: boolean
  /** A deep copy, or undefined where the type, or this value, cannot be copied. */
  copy(content: Content, from: ValuePlace, to: ValuePlace): Content | undefined
  /** Commands as RESP that rebuild the value, or undefined where it is to be written as a RESTORE. */
  rewrite(content: Content, place: ValuePlace): Uint8Array | undefined
  /** Twenty bytes to be mixed into DEBUG DIGEST, or undefined where the type has none. */
  digest(content: Content, place: ValuePlace): Uint8Array | undefined
  /** Work of {@link free}, in allocations. */
  freeEffort(content: Content, place: ValuePlace): number
  /** Called when a key of its own loses the value, before it is freed; not when a whole database is emptied. */
  unlinked?(content: Content, place: ValuePlace): void
  /** Data that is to stand before or after the keys of an RDB file, closing opcode included; undefined for none. */
  auxSave?(when: 'before' | 'after'): Uint8Array | undefined
  /** Reads what {@link auxSave} wrote. @throws Error where it is malformed */
  auxLoad?(bytes: Uint8Array, encodingVersion: number, when: 'before' | 'after'): void
}

/** The values of one data type that are alive, as a linked list: no limit to their number, no copy to walk them. */
export class LiveValues {
  #first: ModuleValue | undefined
  #count = 0

  get count(): number {
    return this.#count
  }

  get first(): ModuleValue | undefined {
    return this.#first
  }

  add(value: ModuleValue): void {
    value.next = this.#first
    if (this.#first !== undefined) this.#first.previous = value
    this.#first = value
    this.#count++
  }

  remove(value: ModuleValue): void {
    if (value.previous === undefined) this.#first = value.next
    else value.previous.next = value.next
    if (value.next !== undefined) value.next.previous = value.previous
    value.previous = undefined
    this.#count--
  }
}

/** A data type of a module as the keyspace, RDB files and COPY know it. */
export class RegisteredType<Content = unknown> {
  /** Nine characters. */
  readonly name: string
  /** The 64 bits before each value in RDB files: the name and the encoding version. */
  readonly id: bigint
  readonly encodingVersion: number
  readonly module: ModuleRecord
  readonly methods: TypeMethods<Content>
  /** Shared with the version of the type that a reload replaces. */
  values = new LiveValues()

  constructor(
    module: ModuleRecord,
    name: string,
    id: bigint,
    encodingVersion: number,
    methods: TypeMethods<Content>,
  ) {
    this.module = module
    this.name = name
    this.id = id
    this.encodingVersion = encodingVersion
    this.methods = methods
  }

  /** A value of this type that is no key's yet. */
  create(content: Content): ModuleValue {
    return new ModuleValue(this as RegisteredType, content)
  }

  /**
   * As {@link TypeMethods.load}, as a value that is no key's yet.
   * @throws Error where the data is malformed or the module refuses it
   */
  load(
    bytes: Uint8Array,
    from: number,
    to: number,
    encodingVersion: number,
    place: ValuePlace,
  ): { readonly value: ModuleValue; readonly consumed: number } {
    const { content, consumed } = this.methods.load(bytes, from, to, encodingVersion, place)
    return { value: this.create(content), consumed }
  }
}

/** A value of a module's data type at a key of the keyspace. */
export class ModuleValue implements LargeValue {
  readonly encodingName = 'raw'
  readonly outside = true
  type: RegisteredType
  content: unknown
  /** Number of changes made or announced; tells whether a copy made of it is still good. */
  changes = 0
  next: ModuleValue | undefined
  previous: ModuleValue | undefined
  #freed = false
  /** Freeing is more work than a command may do at once. */
  #isDeferred = false
  #asked = 0
  #measuredAt = -1
  #outsideBytes = GUESSED_BYTES

  constructor(type: RegisteredType, content: unknown) {
    this.type = type
    this.content = content
    type.values.add(this)
  }

  get memoryBytes(): number {
    return this.memoryUsage(NO_PLACE, 0)
  }

  /**
   * The server asks often, so the module is asked only where the value has changed, and now and then for what it does not
   * announce. The first time is when the value is stored, in the middle of what the module does: it is left alone then.
   */
  get outsideBytes(): number {
    if (this.type.methods.isCounted) return 0
    const asked = this.#asked++
    if (asked > 0 && (this.#measuredAt !== this.changes || asked % ASK_EVERY === 0)) {
      this.#measuredAt = this.changes
      this.#outsideBytes = this.memoryBytes
    }
    return this.#outsideBytes
  }

  memoryUsage(place: ValuePlace, samples: number): number {
    return this.type.methods.memoryUsage(this.content, place, samples)
  }

  /** The value's fields with the closing opcode, as in an RDB file after the type's id. */
  save(place: ValuePlace): Uint8Array {
    return this.type.methods.save(this.content, place)
  }

  /** A deep copy, or undefined where the type cannot be copied. */
  copy(from: ValuePlace, to: ValuePlace): ModuleValue | undefined {
    const content = this.type.methods.copy(this.content, from, to)
    return content === undefined ? undefined : this.type.create(content)
  }

  /** Puts a new content in the place of the old one, which is freed unless the module keeps it. */
  replace(content: unknown, free = true): void {
    const old = this.content
    this.content = content
    this.changes++
    if (free && old !== content) this.type.methods.free(old)
  }

  /** Makes the value one of the next version of its module. What it was is freed by the caller. */
  adopt(type: RegisteredType, content: unknown): void {
    this.type = type
    this.content = content
  }

  /** Whether the value's key is gone and the value with it. */
  get isFreed(): boolean {
    return this.#freed
  }

  unlinked(db: number, key: () => Buffer): void {
    const { methods } = this.type
    if (methods.unlinked !== undefined) methods.unlinked(this.content, { db, key: key() })
  }

  dispose(limit: number): boolean {
    if (this.#freed) return true
    if (!this.#isDeferred && this.type.methods.freeEffort(this.content, NO_PLACE) > limit) {
      this.#isDeferred = true
      return false
    }
    this.#freed = true
    this.type.values.remove(this)
    this.type.methods.free(this.content)
    this.content = undefined
    return true
  }
}

/** All data types of a server's modules: by name for TYPE and modules, by id for RDB files. */
export class DataTypes {
  readonly #byName = new Map<string, RegisteredType>()

  get(name: string): RegisteredType | undefined {
    return this.#byName.get(name)
  }

  /** The type whose values an RDB file marks with `id`; of the id's encoding version, that of the data, no account is taken. */
  byId(id: bigint): RegisteredType | undefined {
    for (const type of this.#byName.values()) if (type.id >> 10n === id >> 10n) return type
    return undefined
  }

  values(): IterableIterator<RegisteredType> {
    return this.#byName.values()
  }

  /** @throws ModuleError where another module than `replaces` has a type of that name */
  check(name: string, replaces: ModuleRecord | undefined): void {
    const taken = this.#byName.get(name)
    if (taken === undefined || taken.module === replaces) return
    throw new ModuleError(
      'MODIS_MODULE_TYPE_TAKEN',
      `the data type '${name}' is already taken by module '${taken.module.name}'`,
    )
  }

  add(type: RegisteredType): void {
    this.#byName.set(type.name, type)
  }

  remove(type: RegisteredType): void {
    if (this.#byName.get(type.name) === type) this.#byName.delete(type.name)
  }
}
