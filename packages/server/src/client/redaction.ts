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
      return (index) => index > 2 && config.find(args.string(index - 1))?.sensitive === true
    case 'module|loadex':
      return (index) => isGivenValue(args, index) && mayBeSecret(config, args.string(index - 1))
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

/** Whether an argument of MODULE LOADEX is a value of `CONFIG name value`. */
function isGivenValue(args: RequestArgs, index: number): boolean {
  let at = 3
  while (at < index && args.equals(at, 'CONFIG')) at += 3
  return at === index + 1 && index > 4
}

/** A parameter that goes by its short name, or whose module was refused, may be one that is to be kept secret. */
function mayBeSecret(config: Config, name: string): boolean {
  const option = config.find(name)
  return option === undefined || option.sensitive === true
}
