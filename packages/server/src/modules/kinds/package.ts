import type { ConfigSchema, DataType, Module } from '@modis/sdk'
import { defaultConfig, parseConfigValue, validateModule } from '@modis/sdk/internal'
import { moduleHandlers, withHelp } from '../context/handler.ts'
import { makeModuleContext } from '../context/module-context.ts'
import { ModuleRuntime } from '../context/runtime.ts'
import { RegisteredType } from '../data-types.ts'
import { ModuleError } from '../module-error.ts'
import type { Registration } from '../registration.ts'
import type { ModuleSource } from '../resolve.ts'
import { evaluate, placeOf } from './evaluate.ts'
import type { Kind, ModuleFacts, ModuleInstance } from './kind.ts'
import { moduleOption } from './module-options.ts'
import { findSyntaxError } from './syntax-error.ts'
import { typescriptType } from './typescript-type.ts'

/** A package with an entry in JavaScript whose default export is a module; it may load a native addon of its own. */
export const packageKind: Kind = {
  async open(source) {
    let exports: Record<string, unknown>
    try {
      exports = await evaluate(source.file, source.folder)
    } catch (error) {
      throw await evaluationError(error, source)
    }
    return new PackageInstance(source, definitionOf(exports, source))
  },
}

/** What a failed evaluation means. */
async function evaluationError(error: unknown, source: ModuleSource): Promise<ModuleError> {
  const { code, name, message } = error as { code?: string; name?: string; message?: string }
  const isSyntax = name === 'SyntaxError'
  const place = placeOf(error, source.folder) ?? (isSyntax ? await findSyntaxError(source.folder) : undefined)
  const where = place === undefined ? '' : ` at ${place}`
  const text = message ?? String(error)
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
    return new ModuleError('MODIS_MODULE_DEPENDENCY', text.replace(/\?modis-load=[\d.]+/g, ''), error)
  }
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') {
    return new ModuleError(
      'MODIS_MODULE_NO_ENTRY',
      `${source.file} is not JavaScript; build the package first`,
      error,
    )
  }
  if (name === 'NativePartError') return new ModuleError('MODIS_MODULE_NATIVE_PART', text, error)
  if (name === 'ModuleDefinitionError')
    return new ModuleError('MODIS_MODULE_DEFINITION', `${text}${where}`, error)
  return new ModuleError('MODIS_MODULE_EVALUATION', `${name ?? 'Error'}: ${text}${where}`, error)
}

function definitionOf(exports: Record<string, unknown>, source: ModuleSource): Module {
  // What is required from CommonJS has its exports as the default; a compiled one its default within them.
  const outer = exports.default as { default?: unknown; contract?: unknown } | undefined
  const given = outer?.contract === undefined && outer?.default !== undefined ? outer.default : outer
  const contract = (given as { contract?: unknown } | undefined)?.contract
  if (contract === undefined) {
    throw new ModuleError(
      'MODIS_MODULE_NOT_A_MODULE',
      `the default export of ${source.file} is not a module made by defineModule`,
    )
  }
  try {
    return validateModule(given)
  } catch (error) {
    const code = contract === 1 ? 'MODIS_MODULE_DEFINITION' : 'MODIS_MODULE_CONTRACT'
    throw new ModuleError(code, (error as Error).message, error)
  }
}

/** One version of a TypeScript module. */
class PackageInstance implements ModuleInstance {
  readonly facts: ModuleFacts
  readonly #definition: Module
  readonly #source: ModuleSource
  #runtime: ModuleRuntime | undefined

  constructor(source: ModuleSource, definition: Module) {
    this.#source = source
    this.#definition = definition
    this.facts = {
      name: definition.name,
      version: definition.version ?? source.version ?? '0.0.0',
      requires: definition.requires,
    }
  }

  async load(registration: Registration): Promise<unknown> {
    const { server, record } = registration
    const definition = this.#definition
    record.definition = definition
    const values = configure(definition, registration)
    const runtime = new ModuleRuntime(server, record, values)
    this.#runtime = runtime
    this.#registerTypes(registration, runtime)
    const handlers = moduleHandlers(runtime)
    for (const [name, command] of Object.entries(definition.commands ?? {})) {
      const described = { group: definition.group ?? 'module', ...command }
      registration.addCommand(name, withHelp(described, record.version), handlers)
    }
    registration.whenLive(() => runtime.goLive())
    registration.checkConfigUsed()
    try {
      return await definition.load?.(makeModuleContext(runtime, registration) as never)
    } catch (error) {
      runtime.end()
      throw this.#loadError(error)
    }
  }

  #registerTypes(registration: Registration, runtime: ModuleRuntime): void {
    for (const type of (this.#definition.dataTypes ?? []) as readonly DataType<unknown>[]) {
      const methods = typescriptType(type, runtime.record.name, (what, error) => runtime.failed(what, error))
      const registered = new RegisteredType(
        registration.record,
        type.name,
        type.id,
        type.encodingVersion,
        methods,
      )
      registration.addType(registered)
      runtime.types.set(type, registered)
    }
  }

  #loadError(error: unknown): ModuleError {
    if (error instanceof ModuleError) return error
    const place = placeOf(error, this.#source.folder)
    const where = place === undefined ? '' : ` at ${place}`
    if (!(error instanceof Error))
      return new ModuleError('MODIS_MODULE_THREW', `load threw ${String(error)}`, error)
    if (error.name === 'NativePartError')
      return new ModuleError('MODIS_MODULE_NATIVE_PART', error.message, error)
    return new ModuleError('MODIS_MODULE_THREW', `load threw ${error.name}: ${error.message}${where}`, error)
  }

  get waitingClients(): number {
    return this.#runtime?.waits.size ?? 0
  }

  get refusal(): string | undefined {
    const timers = this.#runtime?.pendingTimers ?? 0
    if (timers === 0) return undefined
    return 'the module holds timer that is not fired. Please stop the timer or wait until it fires.'
  }

  drain(): void {
    this.#runtime?.drain('draining')
    for (const wait of [...(this.#runtime?.waits ?? [])]) wait.abort()
  }

  resume(): void {
    this.#runtime?.goLive()
  }

  replaced(): void {
    this.#runtime?.drain('replaced')
    for (const wait of [...(this.#runtime?.waits ?? [])]) wait.handOver()
  }

  agree(): void {
    // Modules in TypeScript have no say in it.
  }

  async cleanup(): Promise<void> {
    const runtime = this.#runtime
    if (runtime === undefined) return
    runtime.end()
    await this.#definition.cleanup?.(runtime.record.value)
  }

  close(): void {
    // Node keeps what was evaluated; nothing of it is in use any more.
    this.#runtime?.end()
  }
}

/** The module's configuration: its defaults, with what was given for it. @throws ModuleError */
function configure(definition: Module, registration: Registration): Record<string, unknown> {
  const schema: ConfigSchema = definition.config ?? {}
  const values = defaultConfig(schema)
  for (const [name, parameter] of Object.entries(schema)) {
    const fullName = `${definition.name}.${name}`
    registration.addConfig(moduleOption(fullName, name, parameter, values))
    const text = registration.configText(fullName)
    if (text === undefined) continue
    try {
      const value = parseConfigValue(fullName, parameter, text)
      const isDefault = JSON.stringify(value) === JSON.stringify(parameter.default)
      if (!isDefault) parameter.apply?.(value)
      values[name] = value
    } catch (error) {
      throw new ModuleError('MODIS_MODULE_CONFIG_VALUE', valueError(fullName, error), error)
    }
  }
  return values
}

function valueError(fullName: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.startsWith(fullName) ? message : `${fullName}: ${message}`
}
