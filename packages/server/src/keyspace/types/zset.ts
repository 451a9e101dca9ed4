import type { ValueHolder } from '../loose-value.ts'
import * as listpack from '../packed/listpack.ts'

/** Number of members. */
export function size(holder: ValueHolder): number {
  return listpack.count(holder) >>> 1
}
