import type { Bridge, ConfigRegistration } from '@modis/bridge'
import { parseMemory } from '@modis/sdk/internal'
import type { ModuleOption, ValueAccessor } from '../../../config/config.ts'
import type { CustomOption, OptionBase, OptionValue } from '../../../config/option.ts'
import { bytesOf, textOf } from '../../../protocol/lossless-text.ts'

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
    ...refusalOf(config),
  }
  const accessor = (
    read: (text: string) => OptionValue,
    write: (value: OptionValue) => string,
  ): ValueAccessor => ({
    get: () => read(textOf(bridge.configGet(number))),
    set: (value) => {
      const error = bridge.configSet(number, bytesOf(write(value)))
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
      if (!isSafe(config.min) || !isSafe(config.max)) {
        const option = longOption(base, config)
        return { option, apply, accessor: accessor((value) => value, String) }
      }
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

function isSafe(bound: string): boolean {
  return Number.isSafeInteger(Number(bound))
}

/** A number that may have all of 64 bits is kept as its digits. */
function longOption(base: OptionBase, { default: text, min, max, flags }: ConfigRegistration): CustomOption {
  const parse = (given: string): string => {
    const bytes = flags.memory ? parseMemory(given) : undefined
    if (bytes === undefined && !/^-?\d{1,19}$/.test(given)) throw new RangeError('no number')
    const value = BigInt(bytes ?? given)
    if (value < BigInt(min) || value > BigInt(max)) throw new RangeError('out of bounds')
    return String(value)
  }
  const allowed = `${min} to ${max}${flags.memory ? ', with units such as `mb`' : ''}`
  return { ...base, type: 'custom', default: text ?? '0', allowed, parse, format: String }
}

function flagsOption(
  base: OptionBase,
  { default: text, enumNames }: ConfigRegistration,
): ModuleOption['option'] {
  // Names are matched without case, and shown as they were declared.
  const normalize = (given: readonly string[]): readonly string[] =>
    given.map((word) => {
      const name = enumNames.find((each) => each.toLowerCase() === word.toLowerCase())
      if (name === undefined) throw new RangeError(`there is no '${word}'`)
      return name
    })
  return {
    ...base,
    type: 'words',
    default: words(text ?? ''),
    allowed: `any of ${enumNames.join(', ')}`,
    normalize,
  }
}

/** Redis's words for a value that is not allowed, with what is. */
function refusalOf({ type, flags, min, max, enumNames }: ConfigRegistration): Pick<OptionBase, 'refusal'> {
  switch (type) {
    case 'bool':
      return { refusal: "argument must be 'yes' or 'no'" }
    case 'numeric': {
      const what = flags.memory ? 'argument must be a memory value' : 'argument must be'
      return { refusal: `${what} between ${min} and ${max} inclusive` }
    }
    case 'enum':
      return { refusal: `argument(s) must be one of the following: ${enumNames.join(', ')}` }
    default:
      return {}
  }
}
