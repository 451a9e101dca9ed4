import type { ConfigParameter } from '@modis/sdk'
import { allowedValues, parseConfigValue } from '@modis/sdk/internal'
import type { ModuleOption, ValueAccessor } from '../../config/config.ts'
import type { OptionBase, StringOption } from '../../config/option.ts'

// biome-ignore lint/suspicious/noExplicitAny: `apply` makes a parameter invariant in its value
type Parameter = ConfigParameter<any>

/**
 * A parameter of a TypeScript module as an option of the server's configuration. Its value lives in `values`, the object
 * that the module's contexts show.
 */
export function moduleOption(
  fullName: string,
  name: string,
  parameter: Parameter,
  values: Record<string, unknown>,
): ModuleOption {
  const base: OptionBase = {
    name: fullName,
    summary: parameter.summary ?? '',
    section: 'modules',
    immutable: parameter.immutable,
    sensitive: parameter.sensitive,
    hidden: parameter.hidden,
    protected: parameter.protected,
    refusal: allowedValues(parameter),
  }
  const assign = (value: unknown): void => {
    parameter.apply?.(value)
    values[name] = value
  }
  const accessor: ValueAccessor = { get: () => values[name] as never, set: assign }
  switch (parameter.kind) {
    case 'boolean':
      return { option: { ...base, type: 'boolean', default: parameter.default as boolean }, accessor }
    case 'integer':
      return {
        option: { ...base, ...integer(parameter), default: parameter.default as number },
        accessor,
      }
    case 'enum': {
      const option = {
        ...base,
        type: 'enum',
        default: parameter.default as string,
        values: parameter.values ?? [],
      } as const
      return { option, accessor }
    }
    case 'flags': {
      const normalize = (given: readonly string[]): readonly string[] =>
        parseConfigValue(fullName, parameter, given.join(' ')) as readonly string[]
      const option = {
        ...base,
        type: 'words',
        default: parameter.default as readonly string[],
        allowed: allowedValues(parameter),
        normalize,
      } as const
      return { option, accessor }
    }
    case 'string':
      return { option: stringOption(fullName, parameter, base), accessor }
  }
}

function stringOption(fullName: string, parameter: Parameter, base: OptionBase): StringOption {
  const { default: initial, maxLength } = parameter
  const bounds = {
    allowed: allowedValues(parameter),
    normalize: (text: string) => parseConfigValue(fullName, parameter, text),
  }
  return { ...base, type: 'string', default: initial as string, ...(maxLength === undefined ? {} : bounds) }
}

function integer({ min, max, memory }: Parameter): {
  type: 'integer'
  format: 'memory' | 'plain'
  min: number
  max: number
} {
  return {
    type: 'integer',
    format: memory === true ? 'memory' : 'plain',
    min: min ?? Number.MIN_SAFE_INTEGER,
    max: max ?? Number.MAX_SAFE_INTEGER,
  }
}
