import type { CommandArgument } from '@modis/bridge'
import { type Argument, type ArgumentSchema, arg } from '@modis/sdk'

/** Arguments that a Redis module documents with RM_SetCommandInfo, as a schema for COMMAND DOCS. */
export function argumentSchema(documented: readonly CommandArgument[]): ArgumentSchema {
  return Object.fromEntries(documented.map((each) => [each.name, argument(each)]))
}

function argument(documented: CommandArgument): Argument {
  const isMultiple = documented.flags.includes('multiple')
  const element = single(documented)
  const repeatToken = documented.flags.includes('multiple_token')
  const whole: Argument = isMultiple ? arg.many(element, { repeatToken }) : element
  return documented.flags.includes('optional') && documented.type !== 'pure-token'
    ? arg.optional(whole)
    : whole
}

function single(documented: CommandArgument): Argument {
  const options = {
    name: documented.name,
    ...(documented.token === null ? {} : { token: documented.token }),
    ...(documented.summary === null ? {} : { summary: documented.summary }),
    ...(documented.since === null ? {} : { since: documented.since }),
    ...(documented.deprecatedSince === null ? {} : { deprecatedSince: documented.deprecatedSince }),
    ...(documented.displayText === null ? {} : { display: documented.displayText }),
  }
  switch (documented.type) {
    case 'key':
      return arg.key({ ...options, flags: ['RW'], keySpecIndex: documented.keySpecIndex })
    case 'integer':
      return arg.integer(options)
    case 'double':
      return arg.double(options)
    case 'pattern':
      return arg.pattern(options)
    case 'unix-time':
      return arg.unixTime(options)
    case 'pure-token': {
      const { token: _token, ...rest } = options
      const required = !documented.flags.includes('optional')
      return required
        ? arg.token(documented.token ?? documented.name, { ...rest, required })
        : arg.token(documented.token ?? documented.name, rest)
    }
    case 'oneof':
      return arg.oneof(argumentSchema(documented.arguments), options)
    case 'block':
      return arg.block(argumentSchema(documented.arguments), options)
    default:
      return arg.string(options)
  }
}
