import { compareBytes } from '../compare-bytes.ts'
import { ElementView } from '../packed/element-view.ts'
import * as listpack from '../packed/listpack.ts'
import { DOUBLE_TEXT_BYTES, INTEGER_TEXT_BYTES, parseRangeDouble, writeDouble } from '../packed/numbers.ts'
import type { Region } from '../packed/region.ts'

// A packed sorted set is one listpack of members, each followed by its score, in order. Integral scores are integers, all
// others text, as in Redis. Positions are those of members.

const INTEGRAL_LIMIT = 2 ** 62

const view = new ElementView()
const memberText = Buffer.alloc(INTEGER_TEXT_BYTES)
const scoreText = Buffer.alloc(DOUBLE_TEXT_BYTES)

/** Number of members. */
export function size(region: Region): number {
  return listpack.count(region) >>> 1
}

/** Position of member `source[from, to)`, or `NO_POSITION`. */
export function find(region: Region, source: Buffer, from: number, to: number): number {
  return listpack.find(region, listpack.first(region), source, from, to, 1)
}

/** Score of the member at `position`; NaN where it is no number, which only a listpack from outside could bring. */
export function scoreAt(region: Region, position: number): number {
  listpack.read(region, listpack.next(region, position), view)
  return view.isInteger ? view.integer : parseRangeDouble(view.bytes, view.from, view.to)
}

/** Negative, 0 or positive as the member at `position` comes before, is, or comes after `source[from, to)`. */
export function compareMember(
  region: Region,
  position: number,
  source: Buffer,
  from: number,
  to: number,
): number {
  listpack.read(region, position, view)
  if (view.isInteger) return compareBytes(memberText, 0, view.copyTo(memberText, 0), source, from, to)
  return compareBytes(view.bytes, view.from, view.to, source, from, to)
}

/** Position of the member after the one at `position`, or `NO_POSITION`. */
export function next(region: Region, position: number): number {
  return listpack.next(region, listpack.next(region, position))
}

/** Position of the member before the one at `position`, or `NO_POSITION`. */
export function previous(region: Region, position: number): number {
  const score = listpack.previous(region, position)
  return score === listpack.NO_POSITION ? score : listpack.previous(region, score)
}

/** Positions of all members, in order. */
export function positions(region: Region): number[] {
  const found: number[] = []
  let position = listpack.first(region)
  for (; position !== listpack.NO_POSITION; position = next(region, position)) found.push(position)
  return found
}

/** Number of members from the first on of which `isCounted`, given their position, is true. */
export function countWhile(region: Region, isCounted: (position: number) => boolean): number {
  let count = 0
  let position = listpack.first(region)
  for (; position !== listpack.NO_POSITION && isCounted(position); position = next(region, position)) count++
  return count
}

/** Whether the element at `position` comes after member `source[from, to)` with score `score`. */
function isAfter(
  region: Region,
  position: number,
  source: Buffer,
  from: number,
  to: number,
  score: number,
): boolean {
  const each = scoreAt(region, position)
  return each > score || (each === score && compareMember(region, position, source, from, to) > 0)
}

/** Adds `source[from, to)`, which is no member and does not lie in the region, at its place. */
export function insert(region: Region, source: Buffer, from: number, to: number, score: number): void {
  // Much of what is added goes to the end, which needs no walk to be found.
  const last = listpack.seek(region, -2)
  if (last === listpack.NO_POSITION || !isAfter(region, last, source, from, to, score)) {
    append(region, source, from, to, score)
    return
  }
  let position = listpack.first(region)
  while (!isAfter(region, position, source, from, to, score)) position = next(region, position)
  listpack.insertBefore(region, position, source, from, to)
  if (isIntegral(score)) listpack.insertIntegerAfter(region, position, score)
  else listpack.insertAfter(region, position, scoreText, 0, writeDouble(score, scoreText, 0))
}

/** Adds `source[from, to)`, which the caller knows to come after all members. */
export function append(region: Region, source: Buffer, from: number, to: number, score: number): void {
  listpack.append(region, source, from, to)
  if (isIntegral(score)) listpack.appendInteger(region, score)
  else listpack.append(region, scoreText, 0, writeDouble(score, scoreText, 0))
}

function isIntegral(score: number): boolean {
  return Math.floor(score) === score && score >= -INTEGRAL_LIMIT && score <= INTEGRAL_LIMIT
}

/** Removes `count` members from the one at `position` on. */
export function remove(region: Region, position: number, count: number): void {
  listpack.removeFrom(region, position, count * 2)
}
