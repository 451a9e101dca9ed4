import type { Bridge, ConfigRegistration } from '@modis/bridge'
import type { ModuleOption, ValueAccessor } from '../../../config/config.ts'
import type { OptionBase, OptionValue } from '../../../config/option.ts'

/** A parameter of a Redis module as an option of the server's configuration; the module keeps the value. */
export function bridgedOption(bridge: Bridge, fullName: string, config: ConfigRegistration): ModuleOption {
  const { number, flags } = config
  const base: OptionBase = {
    name: fullName,
    summary: '',
    section: 'modules',
    immutable: flags.immutable,
    sensitive: flags.sensitive,
    hidden: flags.hidden,
    protected: flags.protected,
    deniedWhileLoading: flags.denyLoading,
  }
  const accessor = (
    read: (text: string) => OptionValue,
    write: (value: OptionValue) => string,
  ): ValueAccessor => ({
    get: () => read(bridge.configGet(number)),
    set: (value) => {
      const error = bridge.configSet(number, write(value))
      if (error !== null) throw new Error(error)
    },
  })
  const apply = (): void => {
    const error = bridge.configApply(number)
    if (error !== null) throw new Error(error)
  }
  const text = config.default ?? ''
  switch (config.type) {
    case 'bool': {
      const option = { ...base, type: 'boolean', default: text === 'yes' } as const
      return {
        option,
        apply,
        accessor: accessor(
          (value) => value === 'yes',
          (value) => (value === true ? 'yes' : 'no'),
        ),
      }
    }
    case 'numeric': {
      const format = flags.memory ? 'memory' : 'plain'
      const bounds = { min: Number(config.min), max: Number(config.max) }
      const option = { ...base, type: 'integer', format, default: Number(text), ...bounds } as const
      return { option, apply, accessor: accessor(Number, String) }
    }
    case 'enum': {
      if (flags.bitFlags)
        return {
          option: flagsOption(base, config),
          apply,
          accessor: accessor(words, (value) => (value as string[]).join(' ')),
        }
      const option = { ...base, type: 'enum', default: text, values: config.enumNames } as const
      return { option, apply, accessor: accessor((value) => value, String) }
    }
    case 'string': {
      const option = { ...base, type: 'string', default: text } as const
      return { option, apply, accessor: accessor((value) => value, String) }
    }
  }
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '')
}

function flagsOption(
  base: OptionBase,
  { default: text, enumNames }: ConfigRegistration,
): ModuleOption['option'] {
  const normalize = (given: readonly string[]): readonly string[] => {
    const unknown = given.find((word) => !enumNames.includes(word))
    if (unknown !== undefined)
      throw new RangeError(`argument(s) must be one of the following: ${enumNames.join(', ')}`)
    return given
  }
  return {
    ...base,
    type: 'words',
    default: words(text ?? ''),
    allowed: `any of ${enumNames.join(', ')}`,
    normalize,
  }
}
