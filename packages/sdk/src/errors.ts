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

/** The text of a `WRONGTYPE` error, as Redis words it. */
export const wrongTypeMessage = 'Operation against a key holding the wrong kind of value'

/** The error for a key whose value has another type than the command works on. */
export const wrongType = (): CommandError => new CommandError(wrongTypeMessage, 'WRONGTYPE')

/** Every error of this package that is not a command's reply: what it means, and what to do about it. */
export const errorCodes = {
  MODIS_STALE_KEY: {
    meaning: 'A key handle was used after its handler had returned or awaited.',
    remedy: 'Open the key again with ctx.key() after each await; a handle does not outlive its turn.',
  },
  MODIS_READ_ONLY_KEY: {
    meaning: 'A change was made through a key handle that was opened for reading.',
    remedy: "Open the key with mode 'W' or 'RW', or declare it so: arg.key('RW').",
  },
  MODIS_VALUE_FORMAT: {
    meaning: "The stored data of a data type's value is not what its load function reads, or is damaged.",
    remedy: 'Read fields in the order save writes them; raise encodingVersion when the layout changes.',
  },
  MODIS_MODULE_DEFINITION: {
    meaning: 'What a package exports is not a module, or a part of its definition is not allowed.',
    remedy: 'The message names the part and what is allowed.',
  },
  MODIS_CONFIG_VALUE: {
    meaning: 'A value given for a configuration parameter is not allowed.',
    remedy: 'The message names the parameter, the value and what is allowed.',
  },
  MODIS_NATIVE_NOT_FOUND: {
    meaning: 'A package has no build of its native part for this platform, architecture and C library.',
    remedy: 'Build it (prebuildify), install a version that ships one, or use loadNative.optional.',
  },
  MODIS_NATIVE_NOT_LOADABLE: {
    meaning: 'The build of a native part is there but the dynamic linker refuses it.',
    remedy: "The message holds the linker's reason, such as a missing symbol or a C library that is too old.",
  },
} as const

/** One of {@link errorCodes}. */
export type ErrorCode = keyof typeof errorCodes

/** An error of this package that is not a command's reply; `code` is explained in {@link errorCodes}. */
export class ModisError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string) {
    super(message)
    this.name = new.target.name
    this.code = code
  }
}

/** Thrown by every use of a key handle after its handler returned or awaited. */
export class StaleKeyError extends ModisError {
  /** @param key its name, where that is still known */
  constructor(key?: string) {
    super(
      'MODIS_STALE_KEY',
      `The handle of ${key === undefined ? 'a key' : `key '${key}'`} was used after its command had returned or awaited. ` +
        'Open the key again with ctx.key() after each await.',
    )
  }
}

/** Thrown by a change through a key handle that was opened with mode `R`. */
export class ReadOnlyKeyError extends ModisError {
  constructor(key: string) {
    super(
      'MODIS_READ_ONLY_KEY',
      `Key '${key}' was opened for reading (mode R); open it with mode W or RW to change it.`,
    )
  }
}

/** The data of a value of a module's data type is not what its `load` expects; from a file or a DUMP payload. */
export class ValueFormatError extends ModisError {
  /** Byte in the value's data at which it was found. */
  readonly offset: number

  constructor(message: string, offset: number) {
    super('MODIS_VALUE_FORMAT', `${message} at byte ${offset} of the value`)
    this.offset = offset
  }
}

/** A module's definition is wrong; the message says where and what is allowed. Thrown before anything is registered. */
export class ModuleDefinitionError extends ModisError {
  constructor(message: string) {
    super('MODIS_MODULE_DEFINITION', message)
  }
}

/** A value given for a configuration parameter is not allowed; the message names parameter, value and what is. */
export class ConfigValueError extends ModisError {
  readonly parameter: string
  /** What was given; `null` for a sensitive parameter, whose values are not shown. */
  readonly value: string | null
  /** What is allowed, in words. */
  readonly allowed: string

  constructor(parameter: string, value: string | null, allowed: string) {
    super(
      'MODIS_CONFIG_VALUE',
      `${parameter}: ${allowed}${value === null ? '' : `, got '${value.slice(0, 64)}'`}`,
    )
    this.parameter = parameter
    this.value = value
    this.allowed = allowed
  }
}

/** Thrown by `loadNative`; the message says what was looked for and what is there, or what the linker said. */
export class NativePartError extends ModisError {}
