/** Texts of what may be wrong with a rule, as Redis has them. */
export const ruleErrors = {
  unknown: 'Unknown command or category name in ACL',
  syntax: 'Syntax error',
  afterAllKeys:
    "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have any effect. " +
    "Try 'resetkeys' to start with an empty list of patterns",
  afterAllChannels:
    "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does not have any effect. " +
    "Try 'resetchannels' to start with an empty list of channels",
  noSuchPassword: 'The password you are trying to remove from the user does not exist',
  badHash:
    'The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters',
  ofSubcommand: 'Allowing first-arg of a subcommand is not supported',
} as const

/** A rule of a user that cannot be applied. */
export class AclRuleError extends Error {
  /** The rule as it was given, a selector as a whole; its first word where it is not closed. */
  readonly rule: string
  /** What is wrong with it, in Redis's words. */
  readonly reason: string

  constructor(
    rule: string,
    reason: string,
    message = `Error in ACL SETUSER modifier '${shown(rule)}': ${reason}`,
  ) {
    super(message)
    this.rule = rule
    this.reason = reason
  }
}

/** Redis shows a rule up to a zero byte. */
function shown(rule: string): string {
  const end = rule.indexOf('\0')
  return end < 0 ? rule : rule.slice(0, end)
}

/** A rule that a selector cannot take; becomes an {@link AclRuleError} of the whole rule. */
export class RuleRefusal extends Error {}
