import { readFileSync } from 'node:fs'
import { textOf } from '../protocol/lossless-text.ts'
import { ruleErrors } from './acl-error.ts'
import { mergeSelectors } from './merge-selectors.ts'
import { hasSpaces } from './selector.ts'
import type { User } from './user.ts'

const UNCHANGED = 'WARNING: ACL errors detected, no change to the previously active ACL rules was performed'

/**
 * Reads a file of users: lines `user name rule …`, nothing else but empty ones.
 * @param name what errors call the file
 * @param createUser makes a user that may do nothing yet
 * @throws Error with everything that is wrong in the file, in one line as Redis has it
 */
export function readAclFile(
  path: string,
  name: string,
  createUser: (name: string) => User,
): Map<string, User> {
  const users = new Map<string, User>()
  const errors: string[] = []
  for (const [index, line] of readLines(path, name).entries()) {
    const words = line.replace(/^[ \t\r]+|[ \t\r]+$/g, '').split(' ')
    if (words.length === 1 && words[0] === '') continue
    // A line may hold more errors than a call takes arguments.
    for (const error of takeLine(words, `${name}:${index + 1}`, index + 1, users, createUser))
      errors.push(error)
  }
  if (errors.length > 0) throw new Error([...errors, UNCHANGED].join(''))
  return users
}

function readLines(path: string, name: string): string[] {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'No such file or directory' : message
    throw new Error(`Error loading ACLs, opening file '${name}': ${reason}`)
  }
  return textOf(bytes).split('\n')
}

/** Adds the user of a line; returns what is wrong with it. */
function takeLine(
  words: readonly string[],
  place: string,
  number: number,
  users: Map<string, User>,
  createUser: (name: string) => User,
): string[] {
  const [keyword, name, ...rest] = words
  if (keyword !== 'user' || name === undefined) {
    return [`${place} should start with user keyword followed by the username. `]
  }
  if (hasSpaces(name)) return [`'${place}: username '${name}' contains invalid characters. `]
  if (users.has(name)) return [`WARNING: Duplicate user '${name}' found on line ${number}. `]
  const user = createUser(name)
  users.set(name, user)
  let rules: string[]
  try {
    rules = mergeSelectors(rest)
  } catch {
    return [`${place}: Unmatched parenthesis in selector definition.`]
  }
  return errorsOf(user, rules, place)
}

/** Applies rules; of those that are wrong, all are told whose command is unknown, of the others only the first. */
function errorsOf(user: User, rules: readonly string[], place: string): string[] {
  const errors: string[] = []
  let isTold = false
  const trimmed = rules.map((rule) => rule.replace(/^[\t\r]+|[\t\r]+$/g, ''))
  for (const { rule, reason } of user.trySetRules(trimmed)) {
    if (reason === ruleErrors.unknown)
      errors.push(`${place}: Error in applying operation '${rule}': ${reason}. `)
    else if (!isTold) {
      errors.push(`${place}: ${reason}. `)
      isTold = true
    }
  }
  return errors
}
