import type { Config } from '../config/config.ts'
import { ConfigError, type Setting } from '../config/config-error.ts'
import { AclRuleError, ruleErrors } from './acl-error.ts'
import { mergeSelectors } from './merge-selectors.ts'
import { hasSpaces } from './selector.ts'
import type { User } from './user.ts'

/** A user of the configuration, with rules whose selectors are each one. */
export interface ConfiguredUser {
  readonly name: string
  readonly rules: readonly string[]
}

/**
 * The users that the configuration describes.
 * @param createUser makes a user that may do nothing yet, to try the rules with
 * @throws ConfigError where one is described twice or its rules are wrong. A command or category that is not known may
 *   still come with a module, so that is found out when the users are made
 */
export function configuredUsers(config: Config, createUser: (name: string) => User): ConfiguredUser[] {
  const users = new Map<string, ConfiguredUser>()
  for (const setting of config.startDirectives) {
    if (setting.name !== 'user') continue
    const [name = '', ...words] = setting.words
    if (users.has(name)) {
      throw refused(setting, name, 'Duplicate user found. A user can only be defined once in config files')
    }
    users.set(name, { name, rules: rulesOf(setting, words, createUser(name)) })
  }
  const [first] = users.values()
  if (first !== undefined && config.text('aclfile') !== '') {
    throw new ConfigError(
      "users stand either in 'user' lines of the configuration or in the file that 'aclfile' names, not in both",
      { from: config.file ?? 'the configuration' },
      'aclfile',
    )
  }
  return [...users.values()]
}

function rulesOf(setting: Setting, words: readonly string[], user: User): string[] {
  if (hasSpaces(user.name)) throw refused(setting, user.name, 'Spaces not allowed in ACL usernames')
  try {
    const rules = mergeSelectors(words)
    const wrong = user.trySetRules(rules).find(({ reason }) => reason !== ruleErrors.unknown)
    if (wrong !== undefined) throw wrong
    return rules
  } catch (error) {
    if (error instanceof AclRuleError) throw refused(setting, error.rule, error.reason)
    throw error
  }
}

function refused({ source }: Setting, what: string, reason: string): ConfigError {
  return new ConfigError(`Error in user declaration '${what}': ${reason}`, source)
}
