import { type AnyCommand, commandFlags } from './command.ts'
import type { ConfigParameter, ConfigSchema } from './config.ts'
import { allowedValues, formatConfigValue, parseConfigValue } from './config-values.ts'
import { type DataType, encodeTypeId } from './data-type.ts'
import { ModuleDefinitionError } from './errors.ts'
import type { Module, Requirements } from './module.ts'
import { isRange, isVersion } from './semver.ts'
import { validateSchema } from './validate-schema.ts'

/** The version of the contract this SDK defines. */
const contractVersion = 1

const moduleProperties = [
  'name',
  'version',
  'requires',
  'group',
  'config',
  'dataTypes',
  'load',
  'commands',
  'cleanup',
  'contract',
]

const commandProperties = [
  'summary',
  'since',
  'complexity',
  'group',
  'flags',
  'categories',
  'tips',
  'history',
  'deprecatedSince',
  'replacedBy',
  'args',
  'arity',
  'keySpecs',
  'getKeys',
  'run',
  'raw',
  'subcommands',
]

const fail: (message: string) => never = (message) => {
  throw new ModuleDefinitionError(message)
}

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Checks that a value is a module that can be loaded: what a package exported may come from anywhere.
 * @throws ModuleDefinitionError that says what is wrong where, and what is allowed
 */
export const validateModule = (value: unknown): Module => {
  if (!isObject(value)) return fail('the default export must be a module made by defineModule')
  const given = value as Readonly<Record<string, unknown>>
  if (given.contract !== contractVersion)
    fail(
      given.contract === undefined
        ? 'the default export must be a module made by defineModule'
        : `the module was written against version ${given.contract} of the contract; ` +
            `this server knows version ${contractVersion}`,
    )
  const { name, version, load, cleanup } = given
  if (typeof name !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name))
    fail(`module name ${show(name)} must be 1 to 64 letters, digits, '.', '_' or '-'`)
  const where = `module '${name}'`
  checkProperties(where, given, moduleProperties)
  if (version !== undefined && (typeof version !== 'string' || !isVersion(version)))
    fail(`${where}: version ${show(version)} is not a semantic version such as 1.0.0`)
  for (const [property, member] of Object.entries({ load, cleanup }))
    if (member !== undefined && typeof member !== 'function') fail(`${where}: ${property} must be a function`)
  const module = given as unknown as Module
  validateRequirements(where, module.requires)
  validateConfig(where, module.config ?? {})
  validateDataTypes(where, module.dataTypes ?? [])
  validateCommands(where, 'command', module.commands ?? {})
  return module
}

const show = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value))

const checkProperties = (where: string, value: object, allowed: readonly string[]): void => {
  for (const property of Object.keys(value))
    if (!allowed.includes(property))
      fail(`${where}: unknown property '${property}'; allowed are ${allowed.join(', ')}`)
}

const validateRequirements = (where: string, requires: Requirements | undefined): void => {
  if (requires === undefined) return
  if (typeof requires !== 'object' || requires === null) fail(`${where}: requires must be an object`)
  checkProperties(`${where}: requires`, requires, ['modis', 'redis', 'modules'])
  const { modis, redis, modules = {} } = requires
  const ranges = Object.entries({ modis, redis, ...modules })
  for (const [name, range] of ranges)
    if (range !== undefined && (typeof range !== 'string' || !isRange(range)))
      fail(`${where}: requires ${name} ${show(range)}, which is not a semver range such as ^1.2.0`)
}

const validateConfig = (where: string, config: ConfigSchema): void => {
  if (!isObject(config)) fail(`${where}: config must be an object of parameters made by config.*`)
  const names = new Set<string>()
  for (const [name, parameter] of Object.entries(config)) {
    const lower = name.toLowerCase()
    if (names.has(lower)) fail(`${where}: config '${name}' is defined twice, in different cases`)
    names.add(lower)
    const place = `${where}: config '${name}'`
    if (!/^[a-zA-Z0-9_-]+$/.test(name)) fail(`${place}: a name consists of letters, digits, '_' and '-'`)
    if (!isObject(parameter) || typeof parameter.kind !== 'string')
      fail(`${place} is not a parameter made by config.*`)
    validateParameter(place, parameter)
  }
}

// biome-ignore lint/suspicious/noExplicitAny: `apply` makes a parameter invariant in its value
const validateParameter = (place: string, parameter: ConfigParameter<any>): void => {
  const { min, max, values } = parameter
  if (min !== undefined && max !== undefined && min > max) fail(`${place}: min ${min} is above max ${max}`)
  if (values !== undefined && values.length === 0) fail(`${place}: values must not be empty`)
  try {
    parseConfigValue(place, parameter, formatConfigValue(parameter, parameter.default))
  } catch {
    fail(`${place}: the default ${show(parameter.default)} is not allowed: ${allowedValues(parameter)}`)
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a data type is invariant in its value
const validateDataTypes = (where: string, types: readonly DataType<any>[]): void => {
  if (!Array.isArray(types)) fail(`${where}: dataTypes must be an array of types made by defineDataType`)
  const names = new Set<string>()
  for (const type of types) {
    if (!isObject(type) || typeof type.id !== 'bigint')
      fail(`${where}: dataTypes must be made by defineDataType`)
    const place = `${where}: data type '${type.name}'`
    if (encodeTypeId(type.name, type.encodingVersion) !== type.id)
      fail(`${place}: its id does not belong to its name; make it with defineDataType`)
    if (typeof type.save !== 'function' || typeof type.load !== 'function')
      fail(`${place} needs the functions save and load`)
    if (names.has(type.name)) fail(`${place} is listed twice`)
    names.add(type.name)
  }
}

const validateCommands = (
  where: string,
  kind: 'command' | 'subcommand',
  commands: Readonly<Record<string, AnyCommand>>,
): void => {
  if (!isObject(commands)) fail(`${where}: ${kind}s must be an object`)
  const names = new Set<string>()
  for (const [name, command] of Object.entries(commands)) {
    const lower = name.toLowerCase()
    if (names.has(lower)) fail(`${where}: ${kind} '${name}' is defined twice, in different cases`)
    names.add(lower)
    validateCommand(`${where}: ${kind} '${name}'`, name, command)
    if (kind === 'subcommand' && command.subcommands !== undefined)
      fail(`${where}: ${kind} '${name}' cannot have subcommands`)
  }
}

const validateCommand = (where: string, name: string, command: AnyCommand): void => {
  if (!/^[!-{}~]+$/.test(name))
    fail(`${where}: a name consists of printable ASCII characters without space and '|'`)
  if (!isObject(command)) fail(`${where} must be an object`)
  checkProperties(where, command, commandProperties)
  if (typeof command.summary !== 'string' || command.summary === '')
    fail(`${where} needs a summary, one sentence for COMMAND DOCS`)
  validateHandlers(where, command)
  for (const flag of command.flags ?? [])
    if (!commandFlags.includes(flag))
      fail(`${where}: unknown flag '${flag}'; allowed are ${commandFlags.join(', ')}`)
  if (command.flags?.includes('write') && command.flags.includes('readonly'))
    fail(`${where}: the flags write and readonly exclude each other`)
  for (const category of command.categories ?? [])
    if (typeof category !== 'string' || !/^[a-z0-9_-]+$/.test(category))
      fail(
        `${where}: ACL category ${show(category)} must be lower-case letters, digits, '_' or '-', without '@'`,
      )
  if (command.arity !== undefined && (!Number.isInteger(command.arity) || command.arity === 0))
    fail(`${where}: arity ${command.arity} must be an integer other than 0`)
  if (command.args !== undefined) validateSchema(where, command.args)
}

const validateHandlers = (where: string, command: AnyCommand): void => {
  const { run, raw, subcommands } = command
  if (run !== undefined && raw !== undefined) fail(`${where} has both run and raw; one is enough`)
  if (run === undefined && raw === undefined && subcommands === undefined)
    fail(`${where} needs run, raw or subcommands`)
  for (const [property, handler] of Object.entries({ run, raw, getKeys: command.getKeys }))
    if (handler !== undefined && typeof handler !== 'function')
      fail(`${where}: ${property} must be a function`)
  if (run !== undefined && subcommands !== undefined)
    fail(`${where}: a command with subcommands reads its arguments itself; use raw instead of run`)
  if (subcommands !== undefined) validateCommands(where, 'subcommand', subcommands)
}
