/** Factors of memory units, as in Redis configuration files: `k` counts thousands, `kb` 1024s. */
const memoryUnits: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1000,
  kb: 1024,
  m: 1000 ** 2,
  mb: 1024 ** 2,
  g: 1000 ** 3,
  gb: 1024 ** 3,
}

/** Number of bytes that a text (`100`, `1k`, `64mb`) stands for; undefined where it is none, or not exact. */
export const parseMemory = (text: string): number | undefined => {
  const match = /^([0-9]{1,17})([a-z]{0,2})$/.exec(text.toLowerCase())
  const factor = memoryUnits[match?.[2] ?? 'none']
  if (match === null || factor === undefined) return undefined
  const value = Number(match[1]) * factor
  return Number.isSafeInteger(value) ? value : undefined
}

/** A number of bytes with the largest unit that divides it, as CONFIG REWRITE writes it. */
export const formatMemory = (bytes: number): string => {
  for (const unit of ['gb', 'mb', 'kb']) {
    const size = memoryUnits[unit] as number
    if (bytes !== 0 && bytes % size === 0) return `${bytes / size}${unit}`
  }
  return String(bytes)
}
