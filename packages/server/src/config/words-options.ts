import { formatMemory, parseMemory } from '@modis/sdk/internal'
import type { WordsOption } from './option.ts'

type Rules = Pick<WordsOption, 'allowed' | 'normalize' | 'lines' | 'repeatable'>

const MAX_BIND_ADDRESSES = 16

/** `bind`: addresses; a leading `-` means that an address this machine lacks is no error. */
export const bindRules: Rules = {
  allowed: 'addresses separated by spaces; `-` before one that may be missing; `*` for all',
  normalize: (words) => {
    if (words.length > MAX_BIND_ADDRESSES) throw new RangeError('Too many bind addresses specified.')
    return words
  },
}

/** `save`: pairs of seconds and changes. */
export const saveRules: Rules = {
  allowed: 'pairs of seconds (1 or more) and changes (0 or more), or `""` for no save points',
  repeatable: true,
  normalize: (words) => {
    const valid = words.every(
      (word, index) => /^\d{1,15}$/.test(word) && (index % 2 === 1 || Number(word) >= 1),
    )
    if (words.length % 2 !== 0 || !valid) throw new RangeError('Invalid save parameters')
    return words.map((word) => String(Number(word)))
  },
  lines: (words) => (words.length === 0 ? [['']] : inGroups(words, 2)),
}

const BUFFER_CLASSES = ['normal', 'slave', 'pubsub']

/** `client-output-buffer-limit`: class, hard limit, soft limit and soft seconds, for any of the classes. */
export const outputBufferRules: Rules = {
  allowed: '`normal`, `replica` or `pubsub`, then hard limit, soft limit (memory) and soft seconds',
  normalize: (words, present) => {
    if (words.length % 4 !== 0) {
      throw new RangeError('Wrong number of arguments in buffer limit configuration.')
    }
    const limits = new Map(inGroups(present, 4).map((group) => [group[0] as string, group]))
    for (const group of inGroups(words, 4)) {
      const [name = '', ...values] = group
      const known = /^(replica|slave)$/i.test(name) ? 'slave' : name.toLowerCase()
      if (!BUFFER_CLASSES.includes(known)) {
        throw new RangeError('Invalid client class specified in buffer limit configuration.')
      }
      limits.set(known, [known, ...bufferLimit(values)])
    }
    return BUFFER_CLASSES.flatMap((name) => limits.get(name) ?? [name, '0', '0', '0'])
  },
  lines: (words) =>
    inGroups(words, 4).map(([name = '', hard, soft, seconds = '']) => [
      name === 'slave' ? 'replica' : name,
      formatMemory(Number(hard)),
      formatMemory(Number(soft)),
      seconds,
    ]),
}

function bufferLimit([hard = '', soft = '', seconds = '']: readonly string[]): string[] {
  const hardBytes = parseMemory(hard)
  const softBytes = parseMemory(soft)
  if (hardBytes === undefined || softBytes === undefined || !/^\d{1,15}$/.test(seconds)) {
    throw new RangeError('Error in hard, soft or soft_seconds setting in buffer limit configuration.')
  }
  return [String(hardBytes), String(softBytes), String(Number(seconds))]
}

/** `oom-score-adj-values`: three numbers. */
export const oomScoreRules: Rules = {
  allowed: 'three numbers from -2000 to 2000',
  normalize: (words) => {
    if (words.length !== 3) throw new RangeError('wrong number of arguments')
    if (!words.every((word) => /^-?\d{1,4}$/.test(word) && Math.abs(Number(word)) <= 2000)) {
      throw new RangeError('Invalid oom-score-adj-values, elements must be between -2000 and 2000.')
    }
    return words
  },
}

/** `latency-tracking-info-percentiles`: numbers from 0 to 100. */
export const percentileRules: Rules = {
  allowed: 'numbers from 0 to 100',
  normalize: (words) =>
    words.map((word) => {
      if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(word)) {
        throw new RangeError('Invalid latency-tracking-info-percentiles parameters')
      }
      if (Number(word) < 0 || Number(word) > 100) {
        throw new RangeError('latency-tracking-info-percentiles parameters should sit between [0.0,100.0]')
      }
      return String(Number(word))
    }),
}

const SHUTDOWN_WORDS = ['default', 'save', 'nosave', 'now', 'force']

/** `shutdown-on-sigint` and `shutdown-on-sigterm`: the options of SHUTDOWN. */
export const shutdownRules: Rules = {
  allowed: '`default`, or some of `save`, `nosave`, `now`, `force`',
  normalize: (words) => {
    const given = words.map((word) => word.toLowerCase())
    if (given.length === 0 || !given.every((word) => SHUTDOWN_WORDS.includes(word))) {
      throw new RangeError(`argument(s) must be one of the following: ${SHUTDOWN_WORDS.join(', ')}`)
    }
    if (given.includes('save') && given.includes('nosave')) {
      throw new RangeError("shutdown options SAVE and NOSAVE can't be used simultaneously")
    }
    const meant = SHUTDOWN_WORDS.slice(1).filter((word) => given.includes(word))
    return meant.length === 0 ? ['default'] : meant
  },
}

/** `replicaof`: nothing, for this server is always a master. */
export const replicaOfRules: Rules = {
  allowed: '`no one` alone: Modis replicates from no other server',
  normalize: (words) => {
    if (words.length === 0 || words.join(' ').toLowerCase() === 'no one') return []
    if (words.length !== 2) throw new RangeError('wrong number of arguments')
    throw new RangeError('replication is not part of this version')
  },
}

/** Any words. */
export const anyWords = (allowed: string): Rules => ({ allowed, normalize: (words) => words })

function inGroups(words: readonly string[], size: number): string[][] {
  const groups: string[][] = []
  for (let at = 0; at < words.length; at += size) groups.push(words.slice(at, at + size))
  return groups
}
