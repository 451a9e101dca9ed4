import { randomBytes } from 'node:crypto'
import { arg, CommandError, type CommandFlag } from '@modis/sdk'
import { AclRuleError } from '../../acl/acl-error.ts'
import { explain } from '../../acl/denials.ts'
import { hasSpaces } from '../../acl/selector.ts'
import { ACL_CATEGORIES } from '../../dispatch/acl-categories.ts'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { wrongArity } from '../../dispatch/command-errors.ts'
import { allCommands } from '../../info/sections/commands.ts'
import { bytesOf, textOf } from '../../protocol/lossless-text.ts'
import { longArgument } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { defineFamily } from '../family.ts'
import { helpSubcommand, subcommandSyntax } from '../help.ts'
import { getUser, list, users } from './describe.ts'
import { log } from './log.ts'

const FLAGS: readonly CommandFlag[] = ['noscript', 'loading', 'stale', 'sentinel']
const ADMIN: readonly CommandFlag[] = ['admin', ...FLAGS]
const ALL_NODES = ['request_policy:all_nodes', 'response_policy:all_succeeded']
const USERS = 'O(N), N being the users'

export const aclFamily = defineFamily({
  name: 'acl',
  group: 'server',
  categories: [],
  commands: {
    acl: {
      summary: 'A container for commands about users and what they may do.',
      since: '6.0.0',
      complexity: 'That of the subcommand.',
      flags: ['sentinel'],
      subcommands: {
        cat: {
          summary: 'Returns the categories of commands, or the commands of a category.',
          since: '6.0.0',
          complexity: 'O(N), N being the categories, or the commands of one',
          flags: FLAGS,
          arity: -2,
          args: { category: arg.optional(arg.string()) },
          raw: cat,
        },
        deluser: {
          summary: 'Deletes users and closes their connections.',
          since: '6.0.0',
          complexity: 'O(N), N being the connections',
          flags: ADMIN,
          tips: ALL_NODES,
          args: { username: arg.many(arg.string()) },
          raw: delUser,
        },
        dryrun: {
          summary: 'Tells whether a user may run a command, without running it.',
          since: '7.0.0',
          complexity: 'O(1).',
          flags: ADMIN,
          args: { username: arg.string(), command: arg.string(), arg: arg.many(arg.string(), { min: 0 }) },
          raw: dryRun,
        },
        genpass: {
          summary: 'Returns random digits that make a password.',
          since: '6.0.0',
          complexity: 'O(1)',
          flags: FLAGS,
          arity: -2,
          args: { bits: arg.optional(arg.integer()) },
          raw: genPass,
        },
        getuser: {
          summary: 'Returns the rules of a user.',
          since: '6.0.0',
          complexity: 'O(N), N being the rules and passwords of the user',
          flags: ADMIN,
          history: [
            ['6.2.0', 'Shows patterns of channels.'],
            ['7.0.0', 'Shows selectors, and patterns of keys and channels as rules instead of lists.'],
          ],
          args: { username: arg.string() },
          raw: getUser,
        },
        help: helpSubcommand('6.0.0', ['loading', 'stale', 'sentinel']),
        list: {
          summary: 'Returns the users with their rules, as the file of users has them.',
          since: '6.0.0',
          complexity: USERS,
          flags: ADMIN,
          args: {},
          raw: list,
        },
        load: {
          summary: 'Reads the file of users again.',
          since: '6.0.0',
          complexity: USERS,
          flags: ADMIN,
          args: {},
          raw: load,
        },
        log: {
          summary: 'Returns what users were refused of late.',
          since: '6.0.0',
          complexity: 'O(N), N being the entries returned',
          flags: ADMIN,
          history: [['7.2.0', 'Shows the number of an entry, and when it was made and last changed.']],
          arity: -2,
          args: {
            operation: arg.optional(
              arg.oneof({ count: arg.integer(), reset: arg.token('RESET', { required: true }) }),
            ),
          },
          raw: log,
        },
        save: {
          summary: 'Writes the users to the file of users.',
          since: '6.0.0',
          complexity: USERS,
          flags: ADMIN,
          tips: ALL_NODES,
          args: {},
          raw: save,
        },
        setuser: {
          summary: 'Creates a user, or changes the rules of one.',
          since: '6.0.0',
          complexity: 'O(N), N being the rules given',
          flags: ADMIN,
          tips: ALL_NODES,
          history: [
            ['6.2.0', 'Takes patterns of channels.'],
            ['7.0.0', 'Takes selectors, and rights to read or write keys.'],
          ],
          args: { username: arg.string(), rule: arg.many(arg.string(), { min: 0 }) },
          raw: setUser,
        },
        users: {
          summary: 'Returns the names of all users.',
          since: '6.0.0',
          complexity: USERS,
          flags: ADMIN,
          args: {},
          raw: users,
        },
        whoami: {
          summary: 'Returns the name of the user that the connection has logged in as.',
          since: '6.0.0',
          complexity: 'O(1)',
          flags: FLAGS,
          args: {},
          // What a module calls on its own account is called by nobody.
          raw: ({ client, reply }) =>
            client.obeysUser ? reply.bulk(bytesOf(client.user.name)) : reply.null(),
        },
      },
    },
  },
})

const DEFAULT_PASSWORD_BITS = 256
const MOST_PASSWORD_BITS = 4096

const badBits = new CommandError(
  'ACL GENPASS argument must be the number of bits for the output password, a positive number up to ' +
    `${MOST_PASSWORD_BITS}`,
)
const badName = new CommandError("Usernames can't contain spaces or null characters")
const mustStay = new CommandError("The 'default' user cannot be removed")
const withoutFile = new CommandError(
  'This Redis instance is not configured to use an ACL file. You may want to specify users via the ACL SETUSER ' +
    'command and then issue a CONFIG REWRITE (assuming you have a Redis configuration file set) in order to store ' +
    'users in the Redis configuration.',
)
const notSaved = new CommandError(
  'There was an error trying to save the ACLs. Please check the server logs for more information',
)

function cat({ reply, server }: CommandContext, args: RequestArgs): void {
  if (args.count > 3) throw subcommandSyntax('ACL', args)
  const { registry } = server
  if (args.count === 2) {
    const names = [...ACL_CATEGORIES, ...registry.categories]
    reply.array(names.length)
    for (const name of names) reply.bulk(name)
    return
  }
  const category = args.string(2).toLowerCase()
  if (!ACL_CATEGORIES.includes(category) && !registry.categories.has(category)) {
    throw new CommandError(`Unknown category '${args.string(2).slice(0, 128)}'`)
  }
  const found = [...allCommands(registry.commands.values())].filter(({ categories }) =>
    categories.includes(category),
  )
  reply.array(found.length)
  for (const { fullName } of found) reply.bulk(fullName)
}

function setUser({ reply, server }: CommandContext, args: RequestArgs): void {
  const name = textOf(args.bytes(2))
  if (hasSpaces(name)) throw badName
  const rules: string[] = []
  for (let i = 3; i < args.count; i++) rules.push(textOf(args.bytes(i)))
  try {
    server.users.set(name, rules)
  } catch (error) {
    if (error instanceof AclRuleError) throw new CommandError(error.message)
    throw error
  }
  reply.ok()
}

function delUser({ reply, server }: CommandContext, args: RequestArgs): void {
  const names: string[] = []
  for (let i = 2; i < args.count; i++) names.push(textOf(args.bytes(i)))
  if (names.includes('default')) throw mustStay
  let deleted = 0
  for (const name of names) if (server.users.delete(name)) deleted++
  reply.integer(deleted)
}

function dryRun({ reply, server }: CommandContext, args: RequestArgs): void {
  const name = textOf(args.bytes(2))
  const user = server.users.get(name)
  if (user === undefined) throw new CommandError(`User '${name}' not found`)
  const request = args.slice(3)
  const command = server.registry.resolve(request)
  if (command === undefined) throw new CommandError(`Command '${textOf(args.bytes(3))}' not found`)
  if (!command.accepts(request.count)) throw wrongArity(command)
  const denial = user.denialOf(command, request)
  if (denial === undefined) reply.ok()
  else reply.bulk(bytesOf(explain(user, denial)))
}

function genPass({ reply }: CommandContext, args: RequestArgs): void {
  if (args.count > 3) throw subcommandSyntax('ACL', args)
  const bits = args.count > 2 ? longArgument(args, 2) : DEFAULT_PASSWORD_BITS
  if (bits <= 0 || bits > MOST_PASSWORD_BITS) throw badBits
  const digits = Math.ceil(bits / 4)
  reply.bulk(
    randomBytes(Math.ceil(digits / 2))
      .toString('hex')
      .slice(0, digits),
  )
}

function load({ reply, server }: CommandContext): void {
  if (server.config.text('aclfile') === '') throw withoutFile
  server.users.load()
  reply.ok()
}

function save({ reply, server }: CommandContext): void {
  if (server.config.text('aclfile') === '') throw withoutFile
  try {
    server.users.save()
  } catch (error) {
    server.log.warning(`ACL SAVE failed: ${error instanceof Error ? error.message : error}`)
    throw notSaved
  }
  reply.ok()
}
