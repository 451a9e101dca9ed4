import { recogniseCopies } from './brand.ts'

/**
 * An error a command answers with. The first word of the reply is `code`; the rest is `message`.
 *
 * Throwing one from a handler fails that command alone and is counted in `INFO errorstats`.
 */
export class CommandError extends Error {
  /** The upper-case word clients match on, such as `ERR`, `WRONGTYPE` or `NOPERM`. */
  readonly code: string

  constructor(message: string, code = 'ERR') {
    super(message)
    this.name = 'CommandError'
    this.code = code
  }
}
recogniseCopies(CommandError)

/** Thrown by every use of a key handle after its handler returned or awaited. */
export class StaleKeyError extends Error {
  constructor(key: string) {
    super(
      `The handle of key '${key}' was used after its command had returned or awaited. ` +
        'Open the key again with ctx.key() after each await.',
    )
    this.name = 'StaleKeyError'
  }
}

/** Thrown by a change through a key handle that was opened with mode `R`. */
export class ReadOnlyKeyError extends Error {
  constructor(key: string) {
    super(`Key '${key}' was opened for reading (mode R); open it with mode W or RW to change it.`)
    this.name = 'ReadOnlyKeyError'
  }
}

/** The text of a `WRONGTYPE` error, as Redis words it. */
export const wrongTypeMessage = 'Operation against a key holding the wrong kind of value'

/** The error for a key whose value has another type than the command works on. */
export const wrongType = (): CommandError => new CommandError(wrongTypeMessage, 'WRONGTYPE')

/** The data of a value of a module's data type is not what its `load` expects; from a file or a DUMP payload. */
export class ValueFormatError extends Error {
  /** Byte in the value's data at which it was found. */
  readonly offset: number

  constructor(message: string, offset: number) {
    super(`${message} at byte ${offset} of the value`)
    this.name = 'ValueFormatError'
    this.offset = offset
  }
}

/** A module's definition is wrong; the message says where and what is allowed. Thrown before anything is registered. */
export class ModuleDefinitionError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ModuleDefinitionError'
  }
}

/** A value given for a configuration parameter is not allowed; the message names parameter, value and what is. */
export class ConfigValueError extends Error {
  readonly parameter: string
  /** What was given; `null` for a sensitive parameter, whose values are not shown. */
  readonly value: string | null
  /** What is allowed, in words. */
  readonly allowed: string

  constructor(parameter: string, value: string | null, allowed: string) {
    super(`${parameter}: ${allowed}${value === null ? '' : `, got '${value.slice(0, 64)}'`}`)
    this.name = 'ConfigValueError'
    this.parameter = parameter
    this.value = value
    this.allowed = allowed
  }
}

/** Why the native part of a package could not be loaded. */
export type NativePartErrorCode = 'MODIS_NATIVE_NOT_FOUND' | 'MODIS_NATIVE_NOT_LOADABLE'

/** Thrown by `loadNative`; the message says what was looked for and what is there, or what the linker said. */
export class NativePartError extends Error {
  readonly code: NativePartErrorCode

  constructor(code: NativePartErrorCode, message: string) {
    super(message)
    this.name = 'NativePartError'
    this.code = code
  }
}
