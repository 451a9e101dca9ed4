import { type Args, CommandError } from '@modis/sdk'
import { KeyPermission } from '../../acl/user.ts'
import { Gate } from '../../client/client.ts'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { syntaxError } from '../../dispatch/command-errors.ts'
import { ByteRange } from '../../keyspace/byte-range.ts'
import type { Database } from '../../keyspace/database.ts'
import { type Entry, wrongType } from '../../keyspace/entry.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import { LooseValue } from '../../keyspace/loose-value.ts'
import { parseDouble } from '../../keyspace/packed/numbers.ts'
import * as lists from '../../keyspace/types/list.ts'
import { longArgument } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { ByteRows } from './byte-rows.ts'
import { SortPattern } from './sort-pattern.ts'
import { forEachElement } from './values.ts'

const notNumbers = new CommandError("One or more scores can't be converted into double")
const NO_BYTES = Buffer.alloc(0)

interface SortOptions {
  isDescending: boolean
  isText: boolean
  offset: number
  /** Most elements; negative for all. */
  count: number
  /** What to sort by; undefined for the elements themselves. */
  by: SortPattern | undefined
  readonly get: SortPattern[]
  /** Argument that names the key to store at; 0 where the result is to be replied. */
  storeIndex: number
}

export function sort(ctx: CommandContext, args: RequestArgs): void {
  sortWith(ctx, args, readOptions(ctx, args, true))
}

export function sortRo(ctx: CommandContext, args: RequestArgs): void {
  sortWith(ctx, args, readOptions(ctx, args, false))
}

/** Positions of the keys of a SORT, as far as its arguments name them. */
export function sortKeyPositions(args: Args): number[] {
  let storeIndex = 0
  for (let index = 2; index < args.count; index++) {
    if (args.equals(index, 'LIMIT')) index += 2
    else if (args.equals(index, 'BY') || args.equals(index, 'GET')) index++
    else if (args.equals(index, 'STORE') && index + 1 < args.count) storeIndex = ++index
  }
  return storeIndex > 0 ? [1, storeIndex] : [1]
}

function readOptions(ctx: CommandContext, args: RequestArgs, mayStore: boolean): SortOptions {
  const options: SortOptions = {
    isDescending: false,
    isText: false,
    offset: 0,
    count: -1,
    by: undefined,
    get: [],
    storeIndex: 0,
  }
  const checkRights = rightsCheck(ctx, args)
  for (let index = 2; index < args.count; index++) {
    const rest = args.count - index - 1
    if (args.equals(index, 'ASC')) options.isDescending = false
    else if (args.equals(index, 'DESC')) options.isDescending = true
    else if (args.equals(index, 'ALPHA')) options.isText = true
    else if (args.equals(index, 'LIMIT') && rest >= 2) {
      options.offset = longArgument(args, ++index)
      options.count = longArgument(args, ++index)
    } else if (mayStore && args.equals(index, 'STORE') && rest >= 1) options.storeIndex = ++index
    else if (args.equals(index, 'BY') && rest >= 1) {
      options.by = new SortPattern(args.bytes(++index))
      if (!options.by.isConstant) checkRights('BY')
    } else if (args.equals(index, 'GET') && rest >= 1) {
      checkRights('GET')
      options.get.push(new SortPattern(args.bytes(++index)))
    } else throw syntaxError
  }
  return options
}

/** The keys that patterns lead to are known only when they are read, so a user needs a right to all of them. */
function rightsCheck({ client, command }: CommandContext, args: RequestArgs): (option: 'BY' | 'GET') => void {
  if ((client.gate & Gate.restrictedUser) === 0 || command === undefined) return () => {}
  const mayReadAll = client.user.mayRunOnEveryKey(command, args, KeyPermission.read)
  return (option) => {
    if (mayReadAll) return
    throw new CommandError(`${option} option of SORT denied due to insufficient ACL permissions.`)
  }
}

function sortWith(ctx: CommandContext, args: RequestArgs, options: SortOptions): void {
  const { database } = ctx
  const entry = ctx.readKey(args, 1)
  if (entry !== undefined && !isSortable(entry)) throw wrongType
  // A set has no order of its own to store it in, so it is sorted as text.
  const isConstant = options.by?.isConstant === true
  const forcesText = isConstant && entry?.type === Type.set && options.storeIndex > 0
  const elements = new ByteRows()
  if (entry !== undefined) {
    forEachElement(entry, (bytes, from, to) => elements.add(bytes, from, to))
  }
  let order: Int32Array
  if (isConstant && !forcesText) {
    order = elements.order()
    if (options.isDescending && entry?.type !== Type.set) order.reverse()
  } else if (options.isText || forcesText) {
    order = orderByText(database, elements, forcesText ? undefined : options.by, options.isDescending)
  } else order = orderByNumber(database, elements, options.by, options.isDescending)
  const first = Math.min(Math.max(options.offset, 0), order.length)
  const last = options.count < 0 ? order.length : Math.min(first + options.count, order.length)
  const chosen = order.subarray(first, last)
  if (options.storeIndex > 0) store(ctx, args, elements, chosen, options)
  else reply(ctx, elements, chosen, options)
}

function isSortable({ type }: Entry): boolean {
  return type === Type.list || type === Type.set || type === Type.zset
}

function orderByNumber(
  database: Database,
  elements: ByteRows,
  by: SortPattern | undefined,
  isDescending: boolean,
): Int32Array {
  const scores = new Float64Array(elements.count)
  const range = new ByteRange()
  for (let row = 0; row < elements.count; row++) {
    elements.read(row, range)
    if (by !== undefined && !by.lookUp(database, range, range)) continue
    const score = parseScore(range)
    if (Number.isNaN(score)) throw notNumbers
    scores[row] = score
  }
  const sign = isDescending ? -1 : 1
  return elements.order().sort((one, other) => {
    const left = scores[one] as number
    const right = scores[other] as number
    if (left !== right) return left < right ? -sign : sign
    return sign * elements.compare(one, other)
  })
}

/** The number of a text as C's strtod reads it from a string that ends with a zero byte; NaN where it is none. */
function parseScore({ bytes, from, to }: ByteRange): number {
  const zero = bytes.subarray(from, to).indexOf(0)
  const end = zero < 0 ? to : from + zero
  if (end === from) return 0
  let start = from
  while (start < end && isSpace(bytes[start] as number)) start++
  return parseDouble(bytes, start, end)
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)
}

function orderByText(
  database: Database,
  elements: ByteRows,
  by: SortPattern | undefined,
  isDescending: boolean,
): Int32Array {
  const sign = isDescending ? -1 : 1
  if (by === undefined) return elements.order().sort((one, other) => sign * elements.compare(one, other))
  const texts = new ByteRows()
  const isMissing = new Uint8Array(elements.count)
  const range = new ByteRange()
  for (let row = 0; row < elements.count; row++) {
    elements.read(row, range)
    if (by.lookUp(database, range, range)) texts.add(range.bytes, range.from, range.to)
    else {
      isMissing[row] = 1
      texts.add(NO_BYTES, 0, 0)
    }
  }
  return elements.order().sort((one, other) => {
    const missing = (isMissing[other] as number) - (isMissing[one] as number)
    return sign * (missing === 0 ? texts.compare(one, other) : missing)
  })
}

/** Calls `visit` with what each chosen element is to be answered with; undefined where there is nothing. */
function forEachResult(
  ctx: CommandContext,
  elements: ByteRows,
  chosen: Int32Array,
  { get }: SortOptions,
  visit: (result: ByteRange | undefined) => void,
): void {
  const element = new ByteRange()
  const result = new ByteRange()
  for (const row of chosen) {
    elements.read(row, element)
    if (get.length === 0) visit(element)
    for (const pattern of get) visit(pattern.lookUp(ctx.database, element, result) ? result : undefined)
  }
}

function reply(ctx: CommandContext, elements: ByteRows, chosen: Int32Array, options: SortOptions): void {
  const writer = ctx.reply
  writer.array(chosen.length * Math.max(1, options.get.length))
  forEachResult(ctx, elements, chosen, options, (result) => {
    if (result === undefined) writer.null()
    else writer.bulkRange(result.bytes, result.from, result.to)
  })
}

function store(
  ctx: CommandContext,
  args: RequestArgs,
  elements: ByteRows,
  chosen: Int32Array,
  options: SortOptions,
): void {
  const index = options.storeIndex
  const count = chosen.length * Math.max(1, options.get.length)
  if (count === 0) {
    const existing = ctx.writeKey(args, index)
    if (existing !== undefined) {
      ctx.database.delete(existing)
      ctx.changed(args, index, 'generic', 'del')
    }
  } else {
    // A list of unknown length begins as a large one and is packed at the end, should it be small enough.
    const { listNodeSize, listCompressDepth } = ctx.server.keyspace.limits
    const list = new LooseValue(ctx.database)
    list.setObject(new lists.LargeList(listNodeSize, listCompressDepth))
    forEachResult(ctx, elements, chosen, options, (result) => {
      if (result === undefined) lists.push(list, 'tail', NO_BYTES, 0, 0)
      else lists.push(list, 'tail', result.bytes, result.from, result.to)
    })
    lists.applyLimits(list)
    list.store(args.buffer, args.starts[index] as number, args.ends[index] as number, Type.list)
    ctx.changed(args, index, 'list', 'sortstore', count)
  }
  ctx.reply.integer(count)
}
