import type { Config } from '../config/config.ts'
import type { Command } from '../dispatch/command.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import type { Client } from './client.ts'

/** Tells which arguments of a command are secrets that no log, SLOWLOG or MONITOR may show. */
export function redactedFrom(
  config: Config,
  client: Client,
  command: Command,
  args: RequestArgs,
): (index: number) => boolean {
  const { redacted } = client
  if (redacted?.command === command.fullName) return (index) => redacted.positions.has(index)
  switch (command.fullName) {
    case 'auth':
      return (index) => index > 0
    case 'acl|setuser':
      return (index) => index > 1
    case 'hello':
      return (index) => index > 2 && (isAuth(args, index - 1) || isAuth(args, index - 2))
    case 'config|set':
    case 'module|loadex':
      return (index) => index > 2 && config.find(args.string(index - 1))?.sensitive === true
    case 'migrate':
      return (index) =>
        /^(auth|auth2)$/i.test(args.string(index - 1)) || /^auth2$/i.test(args.string(index - 2))
    default:
      return () => false
  }
}

function isAuth(args: RequestArgs, index: number): boolean {
  return index > 0 && args.equals(index, 'AUTH')
}
