/** Steps of a module's way into the server, in order. */
export type ModuleStep = 'arguments' | 'resolve' | 'open' | 'check' | 'load' | 'carry over' | 'unload'

interface ErrorKind {
  readonly step: ModuleStep
  /** When it happens and what to do, for the reference page. */
  readonly meaning: string
}

/** Every reason why a module is not loaded, reloaded or unloaded, by code. The reference page follows from it. */
export const MODULE_ERRORS = {
  MODIS_MODULE_ARGUMENTS: {
    step: 'arguments',
    meaning: 'The words after the name in MODULE LOADEX are not `CONFIG name value` and `ARGS arg …`.',
  },
  MODIS_MODULE_CONFIG_TWICE: {
    step: 'arguments',
    meaning: 'MODULE LOADEX gives one configuration parameter twice.',
  },
  MODIS_MODULE_NOT_FOUND: {
    step: 'resolve',
    meaning: 'No package of that name lies in the module directories, or no file or folder at that path.',
  },
  MODIS_MODULE_NAME: {
    step: 'resolve',
    meaning: 'The argument is neither a package name nor a path of a folder, `.so` or `.dylib`.',
  },
  MODIS_MODULE_MANIFEST: {
    step: 'resolve',
    meaning: "The package's package.json is missing, is not JSON, or does not export what was asked for.",
  },
  MODIS_MODULE_NO_ENTRY: {
    step: 'resolve',
    meaning:
      'The package has neither an entry in JavaScript nor a Redis module binary; often it was not built.',
  },
  MODIS_MODULE_NO_PREBUILD: {
    step: 'resolve',
    meaning:
      'The package brings no binary for this platform, architecture and libc; the message lists those it brings.',
  },
  MODIS_MODULE_NOT_EXECUTABLE: {
    step: 'open',
    meaning: 'The shared object has no execute permission, which Redis asks for, too.',
  },
  MODIS_MODULE_NOT_READABLE: {
    step: 'open',
    meaning: 'The file cannot be read, or is not a shared object of this platform and architecture.',
  },
  MODIS_MODULE_UNDEFINED_SYMBOL: {
    step: 'open',
    meaning: 'The binary needs a symbol that neither it nor the libraries it names provide.',
  },
  MODIS_MODULE_LIBRARY_MISSING: {
    step: 'open',
    meaning: 'The binary needs a library that this machine does not have.',
  },
  MODIS_MODULE_LIBC: {
    step: 'open',
    meaning: 'The binary was built against a newer C library, or for another one (glibc, musl).',
  },
  MODIS_MODULE_NO_ONLOAD: {
    step: 'open',
    meaning: 'The shared object does not export `RedisModule_OnLoad`: it is no Redis module.',
  },
  MODIS_MODULE_NO_BRIDGE: {
    step: 'open',
    meaning:
      'The optional package `@modis/bridge`, which runs Redis module binaries, is not installed or has no build here.',
  },
  MODIS_MODULE_DEPENDENCY: {
    step: 'open',
    meaning: 'A file or package that the module imports is missing.',
  },
  MODIS_MODULE_EVALUATION: {
    step: 'open',
    meaning: "The module's code threw, or has a syntax error, while it was evaluated.",
  },
  MODIS_MODULE_NATIVE_PART: {
    step: 'open',
    meaning: "The module's native addon is missing for this platform or cannot be opened.",
  },
  MODIS_MODULE_NOT_A_MODULE: {
    step: 'open',
    meaning: "The package's default export was not made with `defineModule`.",
  },
  MODIS_MODULE_CONTRACT: {
    step: 'check',
    meaning:
      'The module was written against a version of `@modis/sdk` whose contract this server does not know.',
  },
  MODIS_MODULE_DEFINITION: {
    step: 'check',
    meaning: 'Something in the definition is malformed: a name, a flag, an argument schema, a parameter.',
  },
  MODIS_MODULE_NAME_TAKEN: {
    step: 'check',
    meaning: 'Another module has the name. Unload it first.',
  },
  MODIS_MODULE_COMMAND_TAKEN: {
    step: 'check',
    meaning: 'A command of the same name exists; the message says whose.',
  },
  MODIS_MODULE_TYPE_TAKEN: {
    step: 'check',
    meaning: 'Another module has a data type of the same name.',
  },
  MODIS_MODULE_SERVER_VERSION: {
    step: 'check',
    meaning:
      'The module needs another version of Modis or of Redis. `module-strict no` loads it all the same.',
  },
  MODIS_MODULE_REQUIRED: {
    step: 'check',
    meaning: 'A module that this one needs is not loaded, or not in the version it needs.',
  },
  MODIS_MODULE_CONFIG_UNKNOWN: {
    step: 'check',
    meaning: 'MODULE LOADEX names a parameter that the module does not have.',
  },
  MODIS_MODULE_CONFIG_VALUE: {
    step: 'check',
    meaning: 'A configuration value is not allowed; the message names parameter, value and what is allowed.',
  },
  MODIS_MODULE_THREW: {
    step: 'load',
    meaning: "The module's `load` threw or rejected; the message says what and where.",
  },
  MODIS_MODULE_REFUSED: {
    step: 'load',
    meaning:
      "The Redis module's `RedisModule_OnLoad` returned an error; what it logged stands in the server's log.",
  },
  MODIS_MODULE_VALUES: {
    step: 'carry over',
    meaning: 'The new version could not take over a value of a data type; the old version goes on serving.',
  },
  MODIS_MODULE_NOT_LOADED: {
    step: 'unload',
    meaning: 'No module of that name is loaded.',
  },
  MODIS_MODULE_BUILT_IN: {
    step: 'unload',
    meaning: 'Built-in modules are part of the server; they are neither unloaded nor reloaded.',
  },
  MODIS_MODULE_IN_USE: {
    step: 'unload',
    meaning:
      'The module cannot go yet: keys of its data types, modules that use its APIs, waiting clients or timers.',
  },
} as const satisfies Readonly<Record<string, ErrorKind>>

/** Code of a {@link ModuleError}. */
export type ModuleErrorCode = keyof typeof MODULE_ERRORS

/** A module was not loaded, reloaded or unloaded. `message` says why; clients get step, message and code. */
export class ModuleError extends Error {
  readonly code: ModuleErrorCode

  constructor(code: ModuleErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'ModuleError'
    this.code = code
  }

  get step(): ModuleStep {
    return MODULE_ERRORS[this.code].step
  }

  /** The text after `Error loading the extension.` in the reply of MODULE LOAD. */
  get reason(): string {
    return `${this.step}: ${this.message} [${this.code}]`
  }
}
