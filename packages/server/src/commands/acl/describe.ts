import type { Selector } from '../../acl/selector.ts'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { bytesOf, textOf } from '../../protocol/lossless-text.ts'
import type { ReplyWriter } from '../../protocol/reply-writer.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'

/** ACL GETUSER username. */
export function getUser({ reply, server }: CommandContext, args: RequestArgs): void {
  const user = server.users.get(textOf(args.bytes(2)))
  if (user === undefined) {
    reply.null()
    return
  }
  const { flags, selectors } = user
  const passwords = [...user.passwords]
  const [root, ...others] = selectors as [Selector, ...Selector[]]
  reply.map(6)
  reply.bulk('flags')
  reply.set(flags.length)
  for (const flag of flags) reply.bulk(flag)
  reply.bulk('passwords')
  reply.array(passwords.length)
  for (const hash of passwords) reply.bulk(hash)
  writeSelector(reply, root)
  reply.bulk('selectors')
  reply.array(others.length)
  for (const selector of others) {
    reply.map(3)
    writeSelector(reply, selector)
  }
}

/** The three fields of a selector. */
function writeSelector(reply: ReplyWriter, selector: Selector): void {
  reply.bulk('commands')
  reply.bulk(bytesOf(selector.describeCommands()))
  reply.bulk('keys')
  reply.bulk(bytesOf(selector.describeKeys()))
  reply.bulk('channels')
  reply.bulk(bytesOf(selector.describeChannels()))
}

/** ACL LIST. */
export function list({ reply, server }: CommandContext): void {
  const lines = server.users.lines()
  reply.array(lines.length)
  for (const line of lines) reply.bulk(bytesOf(line))
}

/** ACL USERS. */
export function users({ reply, server }: CommandContext): void {
  const all = [...server.users.values()]
  reply.array(all.length)
  for (const { name } of all) reply.bulk(bytesOf(name))
}
