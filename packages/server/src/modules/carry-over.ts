import type { ModuleValue, RegisteredType } from './data-types.ts'
import { NO_PLACE } from './data-types.ts'
import { ModuleError } from './module-error.ts'

/** A value of the new version, and the state of the old value that it was made from. */
interface Carried {
  readonly content: unknown
  readonly changes: number
}

/** How long values are converted before other work gets its turn. */
const SLICE_MS = 4

/**
 * Takes the values of a data type from one version of a module to the next: each is saved by the old version and loaded
 * by the new. Most of the work is done beside the server's, a slice at a time; what changed meanwhile is done again at
 * the end, in one go, so that the switch itself takes no time and no command sees a mixture.
 */
export class CarryOver {
  readonly #from: RegisteredType
  readonly #to: RegisteredType
  readonly #carried = new Map<ModuleValue, Carried>()

  constructor(from: RegisteredType, to: RegisteredType) {
    this.#from = from
    this.#to = to
  }

  /**
   * Converts the values there are, giving way to other work. Those whose changes are not announced have to wait for
   * {@link finish}.
   * @throws ModuleError where a value cannot be converted
   */
  async prepare(): Promise<void> {
    if (!this.#from.methods.announcesChanges) return
    // Walking the list across turns of the event loop could stand on a value that is gone by then.
    const values: ModuleValue[] = []
    for (let value = this.#from.values.first; value !== undefined; value = value.next) values.push(value)
    let until = performance.now() + SLICE_MS
    for (const value of values) {
      if (performance.now() > until) {
        await new Promise((resolve) => setImmediate(resolve))
        until = performance.now() + SLICE_MS
      }
      if (!value.isFreed) this.#convert(value)
    }
  }

  /**
   * Converts what has come or changed since, at once.
   * @throws ModuleError where a value cannot be converted
   */
  finish(): void {
    const { announcesChanges } = this.#from.methods
    this.#carryAux('before')
    if (!announcesChanges) this.#convertTogether()
    for (let value = this.#from.values.first; value !== undefined; value = value.next) {
      if (this.#carried.get(value)?.changes !== value.changes) this.#convert(value)
    }
    this.#carryAux('after')
  }

  /** Converts all values in one go, which takes much less time than one by one, up to one that cannot be converted. */
  #convertTogether(): void {
    const values: ModuleValue[] = []
    for (let value = this.#from.values.first; value !== undefined; value = value.next) values.push(value)
    const contents = this.#to.methods.carryFrom?.(
      this.#from.methods,
      values.map(({ content }) => content),
    )
    for (const [index, content] of (contents ?? []).entries()) {
      const value = values[index] as ModuleValue
      this.#carried.set(value, { content, changes: value.changes })
    }
  }

  /** Hands over what the type keeps beside its values, as a file would. */
  #carryAux(when: 'before' | 'after'): void {
    const bytes = this.#from.methods.auxSave?.(when)
    if (bytes === undefined) return
    try {
      this.#to.methods.auxLoad?.(bytes, this.#from.encodingVersion, when)
    } catch (error) {
      throw this.#failure('what is kept beside the values', error)
    }
  }

  #failure(what: string, error: unknown): ModuleError {
    const reason = error instanceof Error ? error.message : String(error)
    const message = `${what} of the data type '${this.#from.name}' cannot be taken over: ${reason}`
    return new ModuleError('MODIS_MODULE_VALUES', message, error)
  }

  #convert(value: ModuleValue): void {
    this.#drop(value)
    try {
      const bytes = value.save(NO_PLACE)
      const { content } = this.#to.methods.load(bytes, 0, bytes.length, this.#from.encodingVersion, NO_PLACE)
      this.#carried.set(value, { content, changes: value.changes })
    } catch (error) {
      throw this.#failure('a value', error)
    }
  }

  #drop(value: ModuleValue): void {
    const former = this.#carried.get(value)
    if (former !== undefined) this.#to.methods.free(former.content)
    this.#carried.delete(value)
  }

  /** Makes the new version's values the values, at once. Resolves when the old ones are freed, which takes its time. */
  switch(): Promise<void> {
    const old: unknown[] = []
    for (let value = this.#from.values.first; value !== undefined; value = value.next) {
      const carried = this.#carried.get(value)
      if (carried === undefined) continue
      old.push(value.content)
      value.adopt(this.#to, carried.content)
      this.#carried.delete(value)
    }
    this.#to.values = this.#from.values
    this.cancel()
    return this.#free(old)
  }

  async #free(contents: readonly unknown[]): Promise<void> {
    let until = performance.now() + SLICE_MS
    for (const content of contents) {
      this.#from.methods.free(content)
      if (performance.now() < until) continue
      await new Promise((resolve) => setImmediate(resolve))
      until = performance.now() + SLICE_MS
    }
  }

  /** Frees what was made for the new version, which does not come. */
  cancel(): void {
    for (const value of [...this.#carried.keys()]) this.#drop(value)
  }
}

/** The data types that one version of a module takes over from another. */
export class CarryOvers {
  readonly #all: CarryOver[] = []

  /** @throws ModuleError where the new version lacks a type that has values */
  constructor(from: readonly RegisteredType[], to: readonly RegisteredType[]) {
    for (const type of from) {
      const next = to.find(({ name }) => name === type.name)
      if (next !== undefined) this.#all.push(new CarryOver(type, next))
      else if (type.values.count > 0) {
        throw new ModuleError(
          'MODIS_MODULE_VALUES',
          `there are ${type.values.count} values of the data type '${type.name}', which the new version does not have`,
        )
      }
    }
  }

  async prepare(): Promise<void> {
    for (const each of this.#all) await each.prepare()
  }

  finish(): void {
    for (const each of this.#all) each.finish()
  }

  async switch(): Promise<void> {
    await Promise.all(this.#all.map((each) => each.switch()))
  }

  cancel(): void {
    for (const each of this.#all) each.cancel()
  }
}
