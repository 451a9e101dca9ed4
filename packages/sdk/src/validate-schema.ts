import { keySpecFlags } from './command.ts'
import { ModuleDefinitionError } from './errors.ts'
import type { Argument, ArgumentSchema, KeyAccess } from './schema.ts'
import { leadingTokens } from './schema-structure.ts'

/** The parser tells the options of a run apart by the bits of one number. */
const mostOptionsInARun = 31

const keyAccesses: readonly KeyAccess[] = ['R', 'W', 'RW', 'RM', 'INSERT']

/**
 * Checks an argument schema.
 * @param where names the schema in the error, as `command 'rl.take'`
 * @throws ModuleDefinitionError
 */
export const validateSchema = (where: string, schema: ArgumentSchema): void => {
  if (typeof schema !== 'object' || schema === null)
    throw new ModuleDefinitionError(`${where}: args must be an object of arguments made by arg.*`)
  for (const [property, argument] of Object.entries(schema))
    validateArgument(`${where}: argument '${property}'`, argument)
  validateRuns(where, Object.entries(schema))
}

const validateArgument = (where: string, argument: Argument): void => {
  if (typeof argument !== 'object' || argument === null || typeof argument.kind !== 'string')
    throw new ModuleDefinitionError(`${where} is not an argument made by arg.*`)
  validateBounds(where, argument)
  const { access } = argument.options
  if (access !== undefined && !keyAccesses.includes(access))
    throw new ModuleDefinitionError(
      `${where}: unknown access '${access}' of a key; allowed are ${keyAccesses.join(', ')}`,
    )
  for (const flag of argument.options.flags ?? [])
    if (!keySpecFlags.includes(flag))
      throw new ModuleDefinitionError(
        `${where}: unknown key flag '${flag}'; allowed are ${keySpecFlags.join(', ')}`,
      )
  if (argument.kind === 'many') validateMany(where, argument)
  if (argument.kind !== 'oneof' && argument.kind !== 'block') return
  if (Object.keys(argument.parts ?? {}).length === 0)
    throw new ModuleDefinitionError(`${where}: a ${argument.kind} needs at least one argument`)
  if (argument.kind === 'block') validateSchema(where, argument.parts ?? {})
  else validateAlternatives(where, argument.parts ?? {})
}

const validateBounds = (where: string, argument: Argument): void => {
  const { min, max, default: fallback } = argument.options
  if (min !== undefined && max !== undefined && min > max)
    throw new ModuleDefinitionError(`${where}: min ${min} is above max ${max}`)
  if (typeof fallback !== 'number' && typeof fallback !== 'bigint') return
  if ((min !== undefined && fallback < min) || (max !== undefined && fallback > max))
    throw new ModuleDefinitionError(`${where}: the default ${fallback} is out of its own bounds`)
}

const validateMany = (where: string, argument: Argument): void => {
  const element = argument.element as Argument
  validateArgument(where, element)
  const { count, repeatToken } = argument.options
  if (count !== undefined && element.options.token !== undefined)
    throw new ModuleDefinitionError(
      `${where}: a count stands between token and elements; put the token on an arg.block around arg.many`,
    )
  if (repeatToken && leadingTokens(element) === null)
    throw new ModuleDefinitionError(`${where}: repeatToken needs an element with a token`)
}

const validateAlternatives = (where: string, parts: ArgumentSchema): void => {
  const tokens = new Set<string>()
  for (const [property, part] of Object.entries(parts)) {
    validateArgument(`${where}: alternative '${property}'`, part)
    addTokens(where, tokens, leadingTokens(part) ?? [])
  }
}

const addTokens = (where: string, tokens: Set<string>, added: readonly string[]): void => {
  for (const token of added) {
    if (tokens.has(token))
      throw new ModuleDefinitionError(`${where}: the token ${token} stands for two arguments`)
    tokens.add(token)
  }
}

const validateRuns = (where: string, entries: readonly (readonly [string, Argument])[]): void => {
  let tokens = new Set<string>()
  let options = 0
  for (const [, argument] of entries) {
    const own = argument.optional ? leadingTokens(argument) : null
    if (own === null) {
      tokens = new Set()
      options = 0
      continue
    }
    addTokens(where, tokens, own)
    options++
    if (options > mostOptionsInARun)
      throw new ModuleDefinitionError(`${where}: more than ${mostOptionsInARun} options in a row`)
  }
}
