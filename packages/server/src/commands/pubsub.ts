import { arg, CommandError, type CommandFlag, type KeySpec } from '@modis/sdk'
import type { ChannelArgument } from '../dispatch/command-channels.ts'
import type { CommandContext } from '../dispatch/command-context.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import { type BuiltInCommand, defineFamily } from './family.ts'
import { helpSubcommand, subcommandSyntax } from './help.ts'

type Kind = 'subscribe' | 'psubscribe' | 'ssubscribe'

const SUBSCRIBE_FLAGS: readonly CommandFlag[] = ['pubsub', 'noscript', 'loading', 'stale']
const PUBLISH_FLAGS: readonly CommandFlag[] = ['pubsub', 'loading', 'stale', 'fast', 'may_replicate']
const ASK_FLAGS: readonly CommandFlag[] = ['pubsub', 'loading', 'stale']

/** Where shard channels are among the arguments: clients of a cluster send them where a key of that name would be. */
const shardSpec = (lastKey: number): KeySpec => ({
  flags: ['not_key'],
  begin: { index: 1 },
  find: { lastKey, step: 1, limit: 0 },
})

export const pubsubFamily = defineFamily({
  name: 'pubsub',
  group: 'pubsub',
  categories: [],
  commands: {
    psubscribe: {
      summary: 'Gets the messages of all channels that match patterns.',
      since: '2.0.0',
      complexity: 'O(N), N being the patterns given',
      flags: [...SUBSCRIBE_FLAGS, 'sentinel'],
      args: { pattern: arg.many(arg.pattern()) },
      channelArguments: allArguments(true),
      raw: subscriber('psubscribe'),
    },
    publish: {
      summary: 'Sends a message to a channel.',
      since: '2.0.0',
      complexity: 'O(N+M), N being the subscribers of the channel and M the patterns of all connections',
      flags: [...PUBLISH_FLAGS, 'sentinel'],
      args: { channel: arg.bytes(), message: arg.bytes() },
      channelArguments: firstArgument,
      raw: (ctx, args) => ctx.reply.integer(ctx.server.pubsub.publish(args.bytes(1), args.bytes(2))),
    },
    pubsub: {
      summary: 'A container for commands about publish/subscribe.',
      since: '2.8.0',
      complexity: 'That of the subcommand.',
      subcommands: {
        channels: {
          summary: 'Returns the channels that somebody has subscribed to.',
          since: '2.8.0',
          complexity: 'O(N), N being the channels that have subscribers',
          flags: ASK_FLAGS,
          arity: -2,
          args: { pattern: arg.optional(arg.pattern()) },
          raw: channelLister(false),
        },
        help: helpSubcommand('6.2.0'),
        numpat: {
          summary: 'Returns the number of patterns that somebody has subscribed to.',
          since: '2.8.0',
          complexity: 'O(1)',
          flags: ASK_FLAGS,
          args: {},
          raw: (ctx) => ctx.reply.integer(ctx.server.pubsub.patternCount),
        },
        numsub: {
          summary: 'Returns the number of clients subscribed to each channel.',
          since: '2.8.0',
          complexity: 'O(N), N being the channels given',
          flags: ASK_FLAGS,
          args: { channel: arg.many(arg.bytes(), { min: 0 }) },
          raw: subscriberCounter(false),
        },
        shardchannels: {
          summary: 'Returns the shard channels that somebody has subscribed to.',
          since: '7.0.0',
          complexity: 'O(N), N being the shard channels that have subscribers',
          flags: ASK_FLAGS,
          arity: -2,
          args: { pattern: arg.optional(arg.pattern()) },
          raw: channelLister(true),
        },
        shardnumsub: {
          summary: 'Returns the number of clients subscribed to each shard channel.',
          since: '7.0.0',
          complexity: 'O(N), N being the shard channels given',
          flags: ASK_FLAGS,
          args: { shardchannel: arg.many(arg.bytes(), { min: 0 }) },
          raw: subscriberCounter(true),
        },
      },
    },
    punsubscribe: {
      summary: 'Ends subscriptions to patterns, or to all of them.',
      since: '2.0.0',
      complexity: 'O(N), N being the patterns given, or all of the connection',
      flags: [...SUBSCRIBE_FLAGS, 'sentinel'],
      args: { pattern: arg.many(arg.pattern(), { min: 0 }) },
      raw: unsubscriber('psubscribe'),
    },
    spublish: {
      summary: 'Sends a message to a shard channel.',
      since: '7.0.0',
      complexity: 'O(N), N being the subscribers of the shard channel',
      flags: PUBLISH_FLAGS,
      args: { shardchannel: arg.bytes(), message: arg.bytes() },
      channelArguments: firstArgument,
      keySpecs: [shardSpec(0)],
      raw: (ctx, args) => ctx.reply.integer(ctx.server.pubsub.publishToShard(args.bytes(1), args.bytes(2))),
    },
    ssubscribe: {
      summary: 'Gets the messages of shard channels.',
      since: '7.0.0',
      complexity: 'O(N), N being the shard channels given',
      flags: SUBSCRIBE_FLAGS,
      args: { shardchannel: arg.many(arg.bytes()) },
      keySpecs: [shardSpec(-1)],
      channelArguments: allArguments(false),
      raw: subscriber('ssubscribe'),
    },
    subscribe: {
      summary: 'Gets the messages of channels.',
      since: '2.0.0',
      complexity: 'O(N), N being the channels given',
      flags: [...SUBSCRIBE_FLAGS, 'sentinel'],
      args: { channel: arg.many(arg.bytes()) },
      channelArguments: allArguments(false),
      raw: subscriber('subscribe'),
    },
    sunsubscribe: {
      summary: 'Ends subscriptions to shard channels, or to all of them.',
      since: '7.0.0',
      complexity: 'O(N), N being the shard channels given, or all of the connection',
      flags: SUBSCRIBE_FLAGS,
      args: { shardchannel: arg.many(arg.bytes(), { min: 0 }) },
      keySpecs: [shardSpec(-1)],
      raw: unsubscriber('ssubscribe'),
    },
    unsubscribe: {
      summary: 'Ends subscriptions to channels, or to all of them.',
      since: '2.0.0',
      complexity: 'O(N), N being the channels given, or all of the connection',
      flags: [...SUBSCRIBE_FLAGS, 'sentinel'],
      args: { channel: arg.many(arg.bytes(), { min: 0 }) },
      raw: unsubscriber('subscribe'),
    },
  },
})

type RawHandler = NonNullable<BuiltInCommand['raw']>

/** Every argument is a channel, or a pattern of channels. */
function allArguments(isPattern: boolean): (args: RequestArgs) => ChannelArgument[] {
  return ({ count }) => Array.from({ length: count - 1 }, (_, i) => ({ index: i + 1, isPattern }))
}

function firstArgument(): ChannelArgument[] {
  return [{ index: 1, isPattern: false }]
}

function subscriber(kind: Kind): RawHandler {
  return (ctx, args) => {
    // Each channel is confirmed by itself, which a caller that waits for one reply cannot take. Clients have always
    // been able to do it in a transaction, though, and Redis keeps that for the two older commands.
    const inTransaction = ctx.client.link !== undefined && kind !== 'ssubscribe'
    if (!ctx.mayBlock && !inTransaction) {
      throw new CommandError(`${kind.toUpperCase()} isn't allowed for a DENY BLOCKING client`)
    }
    for (const channel of allBytes(args, 1)) ctx.server.pubsub.subscribe(ctx.client, kind, channel)
  }
}

function unsubscriber(kind: Kind): RawHandler {
  return (ctx, args) => {
    ctx.server.pubsub.unsubscribe(ctx.client, kind, args.count === 1 ? undefined : allBytes(args, 1))
  }
}

function channelLister(sharded: boolean): RawHandler {
  return (ctx, args) => {
    if (args.count > 3) throw subcommandSyntax('PUBSUB', args)
    const names = ctx.server.pubsub.channelNames(args.count > 2 ? args.bytes(2) : undefined, sharded)
    ctx.reply.array(names.length)
    for (const name of names) ctx.reply.bulk(name)
  }
}

function subscriberCounter(sharded: boolean): RawHandler {
  return ({ reply, server }: CommandContext, args) => {
    const channels = allBytes(args, 2)
    reply.array(channels.length * 2)
    for (const channel of channels) {
      reply.bulk(channel)
      reply.integer(server.pubsub.subscriberCount(channel, sharded))
    }
  }
}

function allBytes(args: RequestArgs, first: number): Buffer[] {
  const values: Buffer[] = []
  for (let i = first; i < args.count; i++) values.push(args.bytes(i))
  return values
}
