import { CommandError } from '@modis/sdk'
import type { TrackingOptions, TrackingState } from '../../client/tracking.ts'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { syntaxError } from '../../dispatch/command-errors.ts'
import { longArgument } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import type { Server } from '../../server.ts'

const internalClient = new CommandError(
  'CLIENT TRACKING concerns a connection and cannot be called by a module',
)
const redirectTwice = new CommandError('A client can only redirect to a single other client')
const noSuchReceiver = new CommandError('The client ID you want redirect to does not exist')
const prefixWithoutBroadcast = new CommandError('PREFIX option requires BCAST mode to be enabled')
const changeOfBroadcast = new CommandError(
  "You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it with a different mode.",
)
const choiceWithBroadcast = new CommandError('OPTIN and OPTOUT are not compatible with BCAST')
const bothChoices = new CommandError("You can't specify both OPTIN mode and OPTOUT mode")
const changeOfChoice = new CommandError(
  "You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it with a different mode.",
)
const cachingWithoutTracking = new CommandError(
  'CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled',
)
const cachingYes = new CommandError(
  'CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.',
)
const cachingNo = new CommandError('CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.')

/** CLIENT TRACKING ON | OFF [REDIRECT id] [PREFIX prefix [PREFIX prefix ...]] [BCAST] [OPTIN] [OPTOUT] [NOLOOP]. */
export function tracking({ client, reply, server }: CommandContext, args: RequestArgs): void {
  if (client.isInternal) throw internalClient
  const { options, prefixes } = optionsOf(server, args)
  if (args.equals(2, 'ON')) {
    checkOptions(options, prefixes, client.tracking)
    server.tracking.enable(client, options, prefixes)
  } else if (args.equals(2, 'OFF')) server.tracking.disable(client)
  else throw syntaxError
  reply.ok()
}

function optionsOf(
  server: Server,
  args: RequestArgs,
): { readonly options: TrackingOptions; readonly prefixes: Buffer[] } {
  const options = { broadcasts: false, optIn: false, optOut: false, noLoop: false, redirect: 0 }
  const prefixes: Buffer[] = []
  for (let i = 3; i < args.count; i++) {
    const hasValue = i + 1 < args.count
    if (hasValue && args.equals(i, 'REDIRECT'))
      options.redirect = receiver(server, args, ++i, options.redirect)
    else if (hasValue && args.equals(i, 'PREFIX')) prefixes.push(args.bytes(++i))
    else if (args.equals(i, 'BCAST')) options.broadcasts = true
    else if (args.equals(i, 'OPTIN')) options.optIn = true
    else if (args.equals(i, 'OPTOUT')) options.optOut = true
    else if (args.equals(i, 'NOLOOP')) options.noLoop = true
    else throw syntaxError
  }
  return { options, prefixes }
}

function receiver(server: Server, args: RequestArgs, index: number, before: number): number {
  if (before !== 0) throw redirectTwice
  const id = longArgument(args, index)
  if (server.tracking.receiver(id) === undefined) throw noSuchReceiver
  return id
}

function checkOptions(
  options: TrackingOptions,
  prefixes: readonly Buffer[],
  present: TrackingState | undefined,
): void {
  const { broadcasts, optIn, optOut } = options
  if (!broadcasts && prefixes.length > 0) throw prefixWithoutBroadcast
  if (present !== undefined && present.broadcasts !== broadcasts) throw changeOfBroadcast
  if (broadcasts && (optIn || optOut)) throw choiceWithBroadcast
  if (optIn && optOut) throw bothChoices
  if ((optIn && present?.optOut === true) || (optOut && present?.optIn === true)) throw changeOfChoice
}

/** CLIENT CACHING YES | NO: whether the keys of the next command are tracked, against the rule of OPTIN or OPTOUT. */
export function caching({ client, reply }: CommandContext, args: RequestArgs): void {
  const state = client.tracking
  if (state === undefined) throw cachingWithoutTracking
  if (args.equals(2, 'YES')) {
    if (!state.optIn) throw cachingYes
  } else if (!args.equals(2, 'NO')) throw syntaxError
  else if (!state.optOut) throw cachingNo
  state.isCachingGiven = true
  reply.ok()
}

/** CLIENT GETREDIR, and the field `redir` of CLIENT LIST: 0 for messages to the client itself, −1 without tracking. */
export function redirectionOf(state: TrackingState | undefined): number {
  return state?.redirect ?? -1
}

/** CLIENT TRACKINGINFO. */
export function trackingInfo({ client, reply }: CommandContext): void {
  const state = client.tracking
  const flags = state === undefined ? ['off'] : flagsOf(state)
  reply.map(3)
  reply.bulk('flags')
  reply.set(flags.length)
  for (const flag of flags) reply.bulk(flag)
  reply.bulk('redirect')
  reply.integer(redirectionOf(state))
  const prefixes = [...(state?.prefixes ?? [])].sort()
  reply.bulk('prefixes')
  reply.array(prefixes.length)
  for (const prefix of prefixes) reply.bulk(Buffer.from(prefix, 'latin1'))
}

function flagsOf(state: TrackingState): string[] {
  const flags = ['on']
  if (state.broadcasts) flags.push('bcast')
  if (state.optIn) flags.push('optin')
  if (state.optIn && state.isCachingGiven) flags.push('caching-yes')
  if (state.optOut) flags.push('optout')
  if (state.optOut && state.isCachingGiven) flags.push('caching-no')
  if (state.noLoop) flags.push('noloop')
  if (state.isRedirectBroken) flags.push('broken_redirect')
  return flags
}
