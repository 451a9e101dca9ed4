import { CommandError, type DataType, type OwnValue, wrongType } from '@modis/sdk'
import type { Entry } from '../../keyspace/entry.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import type { ModuleValue, RegisteredType } from '../data-types.ts'
import type { KeyHandle } from './key.ts'

/** A key's value as one of the module's own data types. */
export class OwnView<Value> implements OwnValue<Value> {
  readonly #key: KeyHandle
  readonly #type: RegisteredType

  /** @throws Error where the type is not one of the module's, or another version of the module has its values now */
  constructor(key: KeyHandle, type: DataType<Value>) {
    const { runtime } = key.access
    const registered = runtime.types.get(type as DataType<unknown>)
    if (registered === undefined) {
      throw new Error(`the data type '${type.name}' is not among the module's dataTypes`)
    }
    if (!runtime.ownsValues) {
      throw new CommandError(
        runtime.isReplaced
          ? `module '${runtime.record.name}' was replaced by another version while this command ran`
          : `values of the data type '${type.name}' can be used once the module is loaded`,
      )
    }
    this.#key = key
    this.#type = registered
  }

  /** The value at an entry. @throws CommandError `WRONGTYPE` */
  #valueAt(entry: Entry | undefined): ModuleValue | undefined {
    if (entry === undefined) return undefined
    if (entry.type !== Type.module) throw wrongType()
    const value = entry.object<ModuleValue>()
    if (value.type !== this.#type) throw wrongType()
    return value
  }

  get(): Value | undefined {
    const key = this.#key
    const value = this.#valueAt(key.mode === 'R' ? key.read() : key.write())
    if (value === undefined) return undefined
    // The module may change in place what it gets, and reports that only afterwards.
    if (key.mode !== 'R') value.changes++
    return value.content as Value
  }

  getOrCreate(create: () => Value): Value {
    const key = this.#key
    const present = this.#valueAt(key.write())
    if (present !== undefined) {
      present.changes++
      return present.content as Value
    }
    const content = create()
    if (key.write() !== undefined) throw new Error('the function given to getOrCreate wrote the key itself')
    key.database.createObject(key.bytes, key.from, key.to, Type.module, this.#type.create(content))
    key.touched()
    return content
  }

  set(content: Value, options?: { readonly keepTtl?: boolean }): void {
    const key = this.#key
    const entry = key.write()
    const expiry = options?.keepTtl === true ? (entry?.expiry ?? -1) : -1
    const present =
      entry !== undefined && entry.type === Type.module ? entry.object<ModuleValue>() : undefined
    if (entry !== undefined && present?.type === this.#type) {
      present.replace(content)
      key.database.setExpiry(entry, expiry)
    } else {
      if (entry !== undefined) key.database.delete(entry)
      key.database.createObject(key.bytes, key.from, key.to, Type.module, this.#type.create(content), expiry)
    }
    key.touched()
  }

  changed(): void {
    const key = this.#key
    const value = this.#valueAt(key.write())
    if (value === undefined) return
    value.changes++
    key.touched()
  }
}
