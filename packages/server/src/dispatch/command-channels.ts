import type { BuiltInCommand } from '../commands/family.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import type { Command } from './command.ts'

/** A channel among a request's arguments. */
export interface ChannelArgument {
  readonly index: number
  /** A pattern of channels to subscribe to, not a channel. */
  readonly isPattern: boolean
}

const none: readonly ChannelArgument[] = []

/** The channels of a request that a user needs a right to: those it publishes to or subscribes to. */
export function channelsOf(command: Command, args: RequestArgs): readonly ChannelArgument[] {
  return (command.definition as BuiltInCommand).channelArguments?.(args) ?? none
}
