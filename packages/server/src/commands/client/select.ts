import { CommandError } from '@modis/sdk'
import type { User } from '../../acl/user.ts'
import type { Client } from '../../client/client.ts'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { syntaxError } from '../../dispatch/command-errors.ts'
import { bytesOf, textOf } from '../../protocol/lossless-text.ts'
import { atLeast } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { type ClientClass, classOf, describeClient } from './describe.ts'

const CLASSES: Readonly<Record<string, ClientClass>> = {
  normal: 'normal',
  slave: 'replica',
  replica: 'replica',
  pubsub: 'pubsub',
  master: 'master',
}

const noSuchClient = new CommandError('No such client')
const badId = new CommandError('client-id should be greater than 0')
const badListId = new CommandError('Invalid client ID')

function classArgument(args: RequestArgs, index: number): ClientClass {
  const found = CLASSES[args.string(index).toLowerCase()]
  if (found === undefined) throw new CommandError(`Unknown client type '${args.string(index)}'`)
  return found
}

/** CLIENT LIST [TYPE type | ID id [id ...]]. */
export function list(ctx: CommandContext, args: RequestArgs): void {
  const { server } = ctx
  let chosen: Iterable<Client> = server.clients.values()
  if (args.count === 4 && args.equals(2, 'TYPE')) {
    const wanted = classArgument(args, 3)
    chosen = [...chosen].filter((client) => classOf(client) === wanted)
  } else if (args.count > 3 && args.equals(2, 'ID')) {
    const ids: number[] = []
    for (let i = 3; i < args.count; i++) ids.push(atLeast(args, i, Number.MIN_SAFE_INTEGER, badListId))
    chosen = ids.flatMap((id) => server.clients.get(id) ?? [])
  } else if (args.count !== 2) throw syntaxError
  let text = ''
  for (const client of chosen) text += `${describeClient(server, client)}\n`
  ctx.reply.verbatim('txt', bytesOf(text))
}

interface Filter {
  address?: string
  localAddress?: string
  id?: number
  type?: ClientClass
  user?: User
  skipMe: boolean
}

/** CLIENT KILL ip:port, or CLIENT KILL option value [option value ...]. */
export function kill(ctx: CommandContext, args: RequestArgs): void {
  const { client: self, reply, server } = ctx
  const isOldForm = args.count === 3
  const filter = isOldForm ? { address: args.string(2), skipMe: false } : filterArguments(ctx, args)
  const victims = [...server.clients.values()].filter(
    (client) => matches(client, filter) && !(filter.skipMe && client === self),
  )
  if (isOldForm && victims.length === 0) throw noSuchClient
  for (const victim of victims) if (victim !== self) victim.link?.destroy('killed by CLIENT KILL')
  if (isOldForm) reply.ok()
  else reply.integer(victims.length)
  if (victims.includes(self)) self.link?.closeAfterFlush()
}

function matches(client: Client, { address, localAddress, id, type, user }: Filter): boolean {
  return (
    (address === undefined || client.address === address) &&
    (localAddress === undefined || client.link?.localAddress === localAddress) &&
    (id === undefined || client.id === id) &&
    (type === undefined || classOf(client) === type) &&
    (user === undefined || client.user === user)
  )
}

function filterArguments(ctx: CommandContext, args: RequestArgs): Filter {
  const filter: Filter = { skipMe: true }
  for (let i = 2; i < args.count; i += 2) {
    if (i + 1 >= args.count) throw syntaxError
    if (args.equals(i, 'ID')) filter.id = atLeast(args, i + 1, 1, badId)
    else if (args.equals(i, 'TYPE')) filter.type = classArgument(args, i + 1)
    else if (args.equals(i, 'ADDR')) filter.address = args.string(i + 1)
    else if (args.equals(i, 'LADDR')) filter.localAddress = args.string(i + 1)
    else if (args.equals(i, 'USER')) filter.user = userArgument(ctx, args, i + 1)
    else if (args.equals(i, 'SKIPME') && args.equals(i + 1, 'YES')) filter.skipMe = true
    else if (args.equals(i, 'SKIPME') && args.equals(i + 1, 'NO')) filter.skipMe = false
    else throw syntaxError
  }
  return filter
}

function userArgument({ server }: CommandContext, args: RequestArgs, index: number): User {
  const name = textOf(args.bytes(index))
  const user = server.users.get(name)
  if (user === undefined) throw new CommandError(`No such user '${name}'`)
  return user
}
