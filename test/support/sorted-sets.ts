import type { Pair } from './pair.ts'

/** The whole numbers from 0 to `count` − 1. */
export const indexes = (count: number): number[] => Array.from({ length: count }, (_each, index) => index)

/** Fills a key of both servers with `count` members whose scores repeat. */
export async function fill(pair: Pair, key: string, count: number, step = 1): Promise<void> {
  const elements = indexes(count).flatMap((index) => [((index * 7) % 50) * step, `m${index}`])
  await pair.prepare('ZADD', key, ...elements)
}

/** Asserts that sorted sets are the same in both servers, scores included. */
export async function compareAll(pair: Pair, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await pair.compare('ZRANGE', key, 0, -1, 'WITHSCORES')
}
