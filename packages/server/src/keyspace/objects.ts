/** A value that outgrew its entry: it lives in a structure of its own, and the entry holds its handle. */
export interface LargeValue {
  /** Bytes of memory the value takes, its own bookkeeping included. */
  readonly memoryBytes: number
  /**
   * Gives back memory, at most about `limit` elements of it, and returns whether all is given back.
   * Nothing else is called after the first call.
   */
  dispose(limit: number): boolean
  /** Name for OBJECT ENCODING. */
  readonly encodingName: string
  /** True where the value owns something outside the arena that must be freed by hand, such as a module's memory. */
  readonly outside?: boolean
}

/** The large values of a keyspace by handle. */
export class ObjectStore {
  readonly #values: (LargeValue | undefined)[] = []
  readonly #free: number[] = []

  add(value: LargeValue): number {
    const handle = this.#free.pop() ?? this.#values.length
    this.#values[handle] = value
    return handle
  }

  get(handle: number): LargeValue {
    return this.#values[handle] as LargeValue
  }

  set(handle: number, value: LargeValue): void {
    this.#values[handle] = value
  }

  take(handle: number): LargeValue {
    const value = this.#values[handle] as LargeValue
    this.#values[handle] = undefined
    this.#free.push(handle)
    return value
  }

  /** All values, in no order. */
  *all(): IterableIterator<LargeValue> {
    for (const value of this.#values) if (value) yield value
  }

  /** Forgets all values without disposing of them. */
  clear(): void {
    this.#values.length = 0
    this.#free.length = 0
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

  /** Makes the length `length`; bytes added are zero. */
  resize(length: number): void {
    if (length > this.bytes.length) {
      const grown = Buffer.alloc(Math.max(length, Math.min(this.bytes.length * 2, this.bytes.length + (1 << 20))))
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
