/** A value that outgrew its entry: it lives in a structure of its own, and the entry holds its handle. */
export interface LargeValue {
  /** Bytes of memory the value takes, its own bookkeeping included. */
  readonly memoryBytes: number
  /**
   * The part of these bytes that lies neither in the arena nor in tables that index it, for `maxmemory`; quick to tell.
   * Left out where nothing is known of it.
   */
  readonly outsideBytes?: number
  /**
   * Gives back memory, at most about `limit` elements of it, and returns whether all is given back.
   * Nothing else is called after the first call.
   */
  dispose(limit: number): boolean
  /** Called when a key of database `db` loses the value. */
  unlinked?(db: number, key: () => Buffer): void
  /** Name for OBJECT ENCODING. */
  readonly encodingName: string
  /** True where the value owns something outside the arena that must be freed by hand, such as a module's memory. */
  readonly outside?: boolean
}

/** The large values of a keyspace by handle. */
export class ObjectStore {
  readonly #values: (LargeValue | undefined)[] = []
  readonly #free: number[] = []
  /** What is counted of each value in {@link outsideBytes}. */
  readonly #counted: number[] = []
  /**
   * Of values that native code keeps: the number of the type (0 where it is not known) and the address, by handle. They
   * are kept here as well because the objects lie scattered, and opening such a key is what Redis modules do most.
   */
  #natives = new Float64Array(0)
  #recountAt = 0
  /** Bytes of the values outside the arena: as of when each was stored, or of the last {@link recount} that met it. */
  outsideBytes = 0

  add(value: LargeValue): number {
    const handle = this.#free.pop() ?? this.#values.length
    this.#values[handle] = value
    this.#counted[handle] = 0
    this.#count(handle, value.outsideBytes ?? 0)
    return handle
  }

  /** Number of the type of a value that {@link noteNative} told of since it was stored; else 0. */
  nativeType(handle: number): number {
    return 2 * handle < this.#natives.length ? (this.#natives[2 * handle] as number) : 0
  }

  /** Address of a value whose {@link nativeType} is not 0. */
  nativeAddress(handle: number): number {
    return 2 * handle < this.#natives.length ? (this.#natives[2 * handle + 1] as number) : 0
  }

  noteNative(handle: number, type: number, address: number): void {
    if (2 * handle >= this.#natives.length) {
      const grown = new Float64Array(Math.max(1024, 4 * handle))
      grown.set(this.#natives)
      this.#natives = grown
    }
    this.#natives[2 * handle] = type
    this.#natives[2 * handle + 1] = address
  }

  /** Forgets what {@link noteNative} told of all values: their types may have others now. */
  forgetNatives(): void {
    this.#natives = new Float64Array(0)
  }

  get(handle: number): LargeValue {
    return this.#values[handle] as LargeValue
  }

  set(handle: number, value: LargeValue): void {
    this.#values[handle] = value
    this.#forgetNative(handle)
    this.#count(handle, value.outsideBytes ?? 0)
  }

  take(handle: number): LargeValue {
    const value = this.#values[handle] as LargeValue
    this.#values[handle] = undefined
    this.#forgetNative(handle)
    this.#count(handle, 0)
    this.#free.push(handle)
    return value
  }

  #forgetNative(handle: number): void {
    if (2 * handle < this.#natives.length) this.#natives.fill(0, 2 * handle, 2 * handle + 2)
  }

  #count(handle: number, bytes: number): void {
    this.outsideBytes += bytes - (this.#counted[handle] as number)
    this.#counted[handle] = bytes
  }

  /** Counts the bytes of the next `limit` values anew, in turn, because values grow and shrink unseen. */
  recount(limit: number): void {
    const values = this.#values
    for (let left = Math.min(limit, values.length); left > 0; left--) {
      if (this.#recountAt >= values.length) this.#recountAt = 0
      const handle = this.#recountAt++
      const value = values[handle]
      if (value !== undefined) this.#count(handle, value.outsideBytes ?? 0)
    }
  }

  /** All values, in no order. */
  *all(): IterableIterator<LargeValue> {
    for (const value of this.#values) if (value) yield value
  }

  /** Forgets all values without disposing of them. */
  clear(): void {
    this.#values.length = 0
    this.#free.length = 0
    this.#counted.length = 0
    this.forgetNatives()
    this.outsideBytes = 0
  }
}

/** A string value too large to lie in its entry. `bytes` has room to grow beyond `length`. */
export class LargeString implements LargeValue {
  readonly encodingName = 'raw'
  bytes: Buffer
  length: number

  constructor(bytes: Buffer, length = bytes.length) {
    this.bytes = bytes
    this.length = length
  }

  get memoryBytes(): number {
    return this.bytes.length + 64
  }

  get outsideBytes(): number {
    return this.memoryBytes
  }

  /** Makes the length `length`; bytes added are zero. */
  resize(length: number): void {
    if (length > this.bytes.length) {
      const grown = Buffer.alloc(
        Math.max(length, Math.min(this.bytes.length * 2, this.bytes.length + (1 << 20))),
      )
      this.bytes.copy(grown, 0, 0, this.length)
      this.bytes = grown
    } else if (length > this.length) this.bytes.fill(0, this.length, length)
    this.length = length
  }

  dispose(): boolean {
    this.bytes = Buffer.alloc(0)
    return true
  }
}
