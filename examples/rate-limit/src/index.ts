import { arg, CommandError, config, defineModule, type Key, type ReplyValue } from '@modis/sdk'
import { type Bucket, bucketType } from './bucket.ts'
import { type Limit, type Outcome, take } from './gcra.ts'

const limitArgument = arg.optional(
  arg.block(
    {
      burst: arg.integer({ min: 1 }),
      rate: arg.integer({ min: 1 }),
      periodMs: arg.integer({ min: 1, display: 'milliseconds' }),
    },
    { token: 'LIMIT', summary: 'Overrides the configured limit for this call.' },
  ),
)

export default defineModule({
  name: 'ratelimit',
  group: 'rate limiting',
  dataTypes: [bucketType],
  config: {
    'max-burst': config.integer({ summary: 'Tokens a full bucket holds.', default: 10, min: 1 }),
    rate: config.integer({ summary: 'Tokens that flow back in a period.', default: 10, min: 1 }),
    'period-ms': config.integer({ summary: 'The period in milliseconds.', default: 1000, min: 1 }),
  },
  load({ info }) {
    const counts = { allowed: 0, refused: 0 }
    info((writer) => {
      const section = writer.section()
      section.field('allowed', counts.allowed)
      section.field('refused', counts.refused)
    })
    return counts
  },
  commands: {
    'rl.take': {
      summary: 'Takes tokens from a bucket, if it holds enough.',
      since: '0.1.0',
      complexity: 'O(1)',
      flags: ['write', 'denyoom', 'fast'],
      args: { bucket: arg.key('RW'), tokens: arg.integer({ min: 1, default: 1 }), limit: limitArgument },
      run(ctx, { bucket, tokens, limit }) {
        const stored = bucket.value(bucketType).get()
        const outcome = take(
          checked(limit ?? configured(ctx.config)),
          stored?.fullAtMs ?? 0,
          ctx.now(),
          tokens,
        )
        if (outcome.allowed) store(bucket, stored, outcome)
        ctx.state[outcome.allowed ? 'allowed' : 'refused']++
        return reply(outcome)
      },
    },
    'rl.peek': {
      summary: 'Tells what a bucket holds, without taking from it.',
      since: '0.1.0',
      complexity: 'O(1)',
      flags: ['readonly', 'fast'],
      args: { bucket: arg.key('R'), limit: limitArgument },
      run(ctx, { bucket, limit }) {
        const stored = bucket.value(bucketType).get()
        return reply(take(checked(limit ?? configured(ctx.config)), stored?.fullAtMs ?? 0, ctx.now(), 0))
      },
    },
  },
})

const configured = (values: { 'max-burst': number; rate: number; 'period-ms': number }): Limit => ({
  burst: values['max-burst'],
  rate: values.rate,
  periodMs: values['period-ms'],
})

/** A thousand years: so far ahead times are still exact to the millisecond. */
const longestRefillMs = 1000 * 365 * 24 * 3_600_000

/** @throws CommandError where an empty bucket would take longer to fill than {@link longestRefillMs} */
const checked = (limit: Limit): Limit => {
  const { burst, rate, periodMs } = limit
  if ((burst * periodMs) / rate <= longestRefillMs) return limit
  throw new CommandError(
    `a bucket of ${burst} tokens that gets ${rate} in ${periodMs} ms takes more than a thousand years to fill`,
  )
}

const store = (key: Key, stored: Bucket | undefined, outcome: Outcome): void => {
  const value = key.value(bucketType)
  if (stored === undefined) value.set({ fullAtMs: outcome.fullAtMs })
  else {
    stored.fullAtMs = outcome.fullAtMs
    value.changed()
  }
  // A full bucket is no different from none.
  key.expireAt(Math.ceil(outcome.fullAtMs))
}

const reply = (outcome: Outcome): ReplyValue =>
  new Map<string, number>([
    ['allowed', outcome.allowed ? 1 : 0],
    ['remaining', outcome.remaining],
    ['retry-after-ms', outcome.retryAfterMs],
    ['reset-after-ms', outcome.resetAfterMs],
  ])
