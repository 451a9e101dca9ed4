import { CommandError, type Reply } from '@modis/sdk'
import type { CommandContext } from '../../dispatch/command-context.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'

const replies: Readonly<Record<string, (reply: Reply) => void>> = {
  string: (reply) => reply.bulk('Hello World'),
  integer: (reply) => reply.integer(12345),
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: not meant for pi, but what Redis replies
  double: (reply) => reply.double(3.141),
  bignum: (reply) => reply.bigNumber('1234567999999999999999999999999999999'),
  null: (reply) => reply.null(),
  array: (reply) => {
    reply.array(3)
    for (const each of [0, 1, 2]) reply.integer(each)
  },
  set: (reply) => {
    reply.set(3)
    for (const each of [0, 1, 2]) reply.integer(each)
  },
  map: (reply) => {
    reply.map(3)
    for (const each of [0, 1, 2]) {
      reply.integer(each)
      reply.boolean(each === 1)
    }
  },
  attrib,
  push,
  verbatim: (reply) => reply.verbatim('txt', 'This is a verbatim\nstring'),
  true: (reply) => reply.boolean(true),
  false: (reply) => reply.boolean(false),
}

/** DEBUG PROTOCOL: replies a value of the type named in argument 2; the values are those of Redis. */
export function replyOfType({ reply }: CommandContext, args: RequestArgs): void {
  const name = args.string(2).toLowerCase()
  if (!Object.hasOwn(replies, name)) {
    const names = 'string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false'
    throw new CommandError(`Wrong protocol type name. Please use one of the following: ${names}`)
  }
  replies[name]?.(reply)
}

function attrib(reply: Reply): void {
  if (reply.version === 3) {
    reply.attribute(1)
    reply.bulk('key-popularity')
    reply.array(2)
    reply.bulk('key:123')
    reply.integer(90)
  }
  // An attribute is no reply of its own.
  reply.bulk('Some real reply following the attribute')
}

function push(reply: Reply): void {
  if (reply.version === 2) throw new CommandError('RESP2 is not supported by this command')
  reply.push(2)
  reply.bulk('server-cpu-usage')
  reply.integer(42)
  // What is pushed answers no request, so the request still needs its reply.
  reply.bulk('Some real reply following the push reply')
}
