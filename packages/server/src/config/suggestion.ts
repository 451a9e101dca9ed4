/** The name of `known` that differs least from `name`, where that is little enough to be a slip. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  // Of very short names every other differs little.
  let bestDistance = Math.max(Math.min(2, Math.floor(name.length / 3)), Math.floor(name.length / 4)) + 1
  for (const each of known) {
    const distance = editDistance(name, each)
    if (distance >= bestDistance) continue
    best = each
    bestDistance = distance
  }
  return best
}

/** Number of letters to insert, delete or replace to make `b` of `a`. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
