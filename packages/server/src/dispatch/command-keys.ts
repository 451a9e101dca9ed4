import type { KeyFlag, KeySpec } from '@modis/sdk'
import type { BuiltInCommand } from '../commands/family.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import type { Command } from './command.ts'

/** A key among a request's arguments, and what the command does with it. */
export interface KeyArgument {
  readonly index: number
  readonly flags: readonly KeyFlag[]
}

/** Whether a command has keys at all, wherever they are. */
export function hasKeys(command: Command): boolean {
  return (
    command.definition.getKeys !== undefined ||
    (command.definition as BuiltInCommand).keyArguments !== undefined ||
    command.description.keySpecs.some(({ flags }) => !flags.includes('not_key'))
  )
}

/**
 * The keys of a request, from the key specifications where they tell all, else from what the command itself says. None
 * where the arguments do not fit.
 */
export function keysOf(command: Command, args: RequestArgs): KeyArgument[] {
  const specs = command.description.keySpecs
  const { keyFlags } = command.definition as BuiltInCommand
  if (keyFlags !== undefined) {
    const flags = keyFlags(args)
    return (keysBySpecs(specs, args) ?? []).map(({ index }) => ({ index, flags }))
  }
  const { keyArguments } = command.definition as BuiltInCommand
  // A token that is looked for may be missing, or be the value of another argument.
  const asksCommand = keyArguments !== undefined && specs.some(({ begin }) => 'keyword' in begin)
  const isReliable =
    !asksCommand && specs.length > 0 && !specs.some(({ flags }) => flags.includes('variable_flags'))
  const found = isReliable ? keysBySpecs(specs, args) : undefined
  if (found !== undefined) return found
  if (keyArguments !== undefined) return keyArguments(args)
  const { getKeys } = command.definition
  if (getKeys === undefined) return (isReliable ? undefined : keysBySpecs(specs, args)) ?? []
  return getKeys(args).map((index) => ({ index, flags: flagsAt(specs, args, index) }))
}

/** As {@link keysOf}; undefined where a module that was asked for them throws. */
export function keysIfTold(command: Command, args: RequestArgs): KeyArgument[] | undefined {
  try {
    return keysOf(command, args)
  } catch {
    // What is wrong, the command says itself, for it gets the same arguments.
    return undefined
  }
}

/** What a specification says of the key at `index`, else what the last says of those that cannot tell where keys are. */
function flagsAt(specs: readonly KeySpec[], args: RequestArgs, index: number): readonly KeyFlag[] {
  for (const spec of specs) {
    if (keysBySpec(spec, args)?.some((key) => key.index === index)) return spec.flags
  }
  const vague = specs.findLast(({ begin, find }) => 'unknown' in begin || 'unknown' in find) ?? specs[0]
  return (vague?.flags ?? []).filter((flag) => flag !== 'incomplete')
}

/** The keys that specifications tell; undefined where they do not tell all, or the arguments do not fit them. */
function keysBySpecs(specs: readonly KeySpec[], args: RequestArgs): KeyArgument[] | undefined {
  const keys: KeyArgument[] = []
  for (const spec of specs) {
    if (spec.flags.includes('not_key')) continue
    const found = keysBySpec(spec, args)
    if (found === undefined || spec.flags.includes('incomplete')) return undefined
    // A request may have more keys than a call takes arguments.
    for (const key of found) keys.push(key)
  }
  return keys
}

function keysBySpec(spec: KeySpec, args: RequestArgs): KeyArgument[] | undefined {
  const begin = beginning(spec, args)
  if (begin === undefined) return undefined
  const range = keyRange(spec, args, begin)
  if (
    range === undefined ||
    range.last >= args.count ||
    range.last < range.first ||
    range.first >= args.count
  ) {
    return undefined
  }
  const keys: KeyArgument[] = []
  for (let index = range.first; index <= range.last; index += range.step)
    keys.push({ index, flags: spec.flags })
  return keys
}

function beginning({ begin }: KeySpec, args: RequestArgs): number | undefined {
  if ('index' in begin) return begin.index
  if (!('keyword' in begin)) return undefined
  const { keyword, startFrom } = begin
  const wanted = keyword.toUpperCase()
  if (startFrom >= 0) {
    for (let i = startFrom; i < args.count; i++) if (args.equals(i, wanted)) return i + 1
  } else {
    for (let i = args.count + startFrom; i > 0; i--) if (args.equals(i, wanted)) return i + 1
  }
  return undefined
}

interface Range {
  readonly first: number
  readonly last: number
  readonly step: number
}

function keyRange({ find }: KeySpec, args: RequestArgs, begin: number): Range | undefined {
  if ('lastKey' in find) {
    const { lastKey, step, limit } = find
    if (lastKey >= 0) return { first: begin, last: begin + lastKey, step }
    const last =
      limit === 0 ? args.count + lastKey : begin + Math.floor((args.count - begin) / limit) + lastKey
    return { first: begin, last, step }
  }
  if (!('keyCountIndex' in find)) return undefined
  const countIndex = begin + find.keyCountIndex
  if (countIndex >= args.count || !args.isInteger(countIndex)) return undefined
  const count = Number(args.integer64(countIndex))
  if (count < 0) return undefined
  const first = begin + find.firstKey
  return { first, last: first + (count - 1) * find.step, step: find.step }
}
