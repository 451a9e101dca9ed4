import { splitArguments } from '../protocol/inline-arguments.ts'
import { bytesOf, textOf } from '../protocol/lossless-text.ts'
import { AclRuleError, RuleRefusal, ruleErrors } from './acl-error.ts'

/**
 * Rules in which each selector `(…)` is one, where it may have been given in several words.
 * @throws AclRuleError where a selector is not closed
 */
export function mergeSelectors(rules: readonly string[]): string[] {
  const merged: string[] = []
  let open: string[] | undefined
  for (const rule of rules) {
    if (open === undefined && rule.startsWith('(') && !rule.endsWith(')')) open = [rule]
    else if (open === undefined) merged.push(rule)
    else {
      open.push(rule)
      if (rule.endsWith(')')) {
        merged.push(open.join(' '))
        open = undefined
      }
    }
  }
  if (open !== undefined) {
    const [first = ''] = open
    throw new AclRuleError(
      first,
      ruleErrors.syntax,
      `Unmatched parenthesis in acl selector starting at '${first}'.`,
    )
  }
  return merged
}

/** The rules within a selector, which is split as a line of the configuration file is. */
export function splitSelector(rule: string): string[] {
  const parts = splitArguments(bytesOf(rule.slice(1, -1)))
  // Redis takes a selector whose quotes are not closed for an empty one.
  if (parts === undefined) throw new RuleRefusal(ruleErrors.syntax)
  return parts.map(textOf)
}
