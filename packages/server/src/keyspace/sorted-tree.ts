import { BRANCH_SIZE, Branch, LEAF_SIZE, Leaf, type SortedNode } from './sorted-nodes.ts'

/** How members, which the tree knows by address only, are ordered. */
export interface MemberOrder {
  /** Negative, 0 or positive as member `left` comes before, is, or comes after member `right`, by their bytes. */
  compareMembers(left: number, right: number): number
  /** The same for member `address` and `bytes[from, to)`. */
  compareMember(address: number, bytes: Buffer, from: number, to: number): number
}

/** An element of a {@link ScoreTree} and its place. A change to the tree ends it. */
export class ScoreCursor {
  score = 0
  address = 0
  /** Index of the element in ascending order, from 0. */
  rank = -1
  /** Where the element is; for the tree's use. */
  leaf: Leaf | undefined = undefined
  index = 0

  /** Moves within the leaf. */
  place(leaf: Leaf, index: number, rank: number): void {
    this.leaf = leaf
    this.index = index
    this.rank = rank
    this.score = leaf.scores[index]
    this.address = leaf.members[index]
  }
}

// Two neighbours become one where one of them is emptier than this and both together leave room to grow.
const SPARSE_FRACTION = 0.25
const JOINED_FRACTION = 0.75

/**
 * Members of a large sorted set in ascending order of score, then of their bytes: a tree whose every node knows how many
 * elements lie below it, so that an element is found by score, member or rank, and its rank told, in logarithmic time.
 * An insertion or removal moves at most {@link LEAF_SIZE} elements besides, however many there are.
 *
 * Members are addresses of entries elsewhere, compared through a {@link MemberOrder}. Every address in the tree must stay
 * valid, except that those just removed by rank are not looked at.
 */
export class ScoreTree {
  readonly #order: MemberOrder
  #root: SortedNode = new Leaf()
  /** Branches on the way to a leaf. */
  #height = 0
  #size = 0

  constructor(order: MemberOrder) {
    this.#order = order
  }

  /** Number of elements. */
  get size(): number {
    return this.#size
  }

  /** Adds a member that is not in the tree, at its place. `score` is not NaN. */
  insert(score: number, address: number): void {
    this.#insertAt('place', score, address)
  }

  /** Adds an element that the caller knows to come after all others. Fills the tree from sorted input without comparing. */
  appendSorted(score: number, address: number): void {
    this.#insertAt('end', score, address)
  }

  /** Adds an element that the caller knows to come before all others: for input from last to first, as in RDB files. */
  prependSorted(score: number, address: number): void {
    this.#insertAt('start', score, address)
  }

  /** Removes the member with this score; returns whether it was there. */
  remove(score: number, address: number): boolean {
    if (!this.#remove(this.#root, this.#height, score, address)) return false
    this.#size--
    this.#lower()
    return true
  }

  /** Removes up to `count` elements from rank `first` on, which is 0 or more. Their addresses may be invalid already. */
  removeRange(first: number, count: number): void {
    const to = Math.min(first + count, this.#size)
    if (to <= first) return
    if (to - first === this.#size) {
      this.#root = new Leaf()
      this.#height = 0
    } else {
      this.#removeSpan(this.#root, this.#height, first, to)
      this.#lower()
    }
    this.#size -= to - first
  }

  /** Takes away the levels above the leaves that hold no more than one node. */
  #lower(): void {
    while (this.#height > 0 && this.#root.size === 1) {
      this.#root = (this.#root as Branch).children[0] as SortedNode
      this.#height--
    }
    if (this.#root.size === 0) {
      this.#root = new Leaf()
      this.#height = 0
    }
  }

  /** Gives a member that is in the tree with `score` another score. */
  rescore(score: number, address: number, newScore: number): void {
    const leaf = this.#leafFor(score, address)
    const index = this.#indexIn(leaf, score, address)
    // Most changes are small: between its neighbours in the leaf an element stays where it is.
    const isInside = index > 0 && index < leaf.size - 1 && leaf.members[index] === address
    if (isInside && this.#isBetween(leaf, index, newScore)) {
      leaf.scores[index] = newScore
      return
    }
    this.remove(score, address)
    this.insert(newScore, address)
  }

  /** Whether element `index` of `leaf` would stay between its neighbours with score `score`. */
  #isBetween(leaf: Leaf, index: number, score: number): boolean {
    const { scores, members } = leaf
    const address = members[index]
    return (
      this.#compare(scores[index - 1], members[index - 1], score, address) < 0 &&
      this.#compare(score, address, scores[index + 1], members[index + 1]) < 0
    )
  }

  /** Rank of the member with this score, from 0, or -1 where it is not in the tree. */
  rank(score: number, address: number): number {
    let node = this.#root
    let before = 0
    for (let level = this.#height; level > 0; level--) {
      const branch = node as Branch
      const index = this.#childFor(branch, score, address)
      before += countTo(branch, index)
      node = branch.children[index] as SortedNode
    }
    const index = this.#indexIn(node, score, address)
    return holdsAt(node, index, score, address) ? before + index : -1
  }

  /** Moves `cursor` to the element of rank `rank`; returns whether there is one. */
  seek(rank: number, cursor: ScoreCursor): boolean {
    if (!(rank >= 0 && rank < this.#size)) {
      cursor.leaf = undefined
      return false
    }
    let node = this.#root
    let index = rank
    for (let level = this.#height; level > 0; level--) {
      const branch = node as Branch
      let child = 0
      while (index >= branch.counts[child]) index -= branch.counts[child++]
      node = branch.children[child] as SortedNode
    }
    cursor.place(node as Leaf, index, rank)
    return true
  }

  /** Moves `cursor` to the next element in ascending order; returns false, the cursor then nowhere, after the last. */
  next(cursor: ScoreCursor): boolean {
    const { leaf, index } = cursor
    if (leaf === undefined) return false
    if (index + 1 === leaf.size) return this.seek(cursor.rank + 1, cursor)
    cursor.place(leaf, index + 1, cursor.rank + 1)
    return true
  }

  /** Moves `cursor` to the previous element; returns false, the cursor then nowhere, before the first. */
  previous(cursor: ScoreCursor): boolean {
    const { leaf, index } = cursor
    if (leaf === undefined) return false
    if (index === 0) return this.seek(cursor.rank - 1, cursor)
    cursor.place(leaf, index - 1, cursor.rank - 1)
    return true
  }

  /** Rank of the first element with a score of `min` or more, or where exclusive, more than `min`; `size` if there is none. */
  firstInScores(min: number, isExclusive: boolean): number {
    return this.#countScores(min, isExclusive)
  }

  /** Rank of the last element with a score of `max` or less, or where exclusive, less than `max`; -1 if there is none. */
  lastInScores(max: number, isExclusive: boolean): number {
    return this.#countScores(max, !isExclusive) - 1
  }

  /** As {@link ScoreTree.firstInScores} by member, for a tree whose scores are all the same. */
  firstInMembers(bytes: Buffer, from: number, to: number, isExclusive: boolean): number {
    return this.#countMembers(bytes, from, to, isExclusive)
  }

  /** As {@link ScoreTree.lastInScores} by member, for a tree whose scores are all the same. */
  lastInMembers(bytes: Buffer, from: number, to: number, isExclusive: boolean): number {
    return this.#countMembers(bytes, from, to, !isExclusive) - 1
  }

  /** Bytes of all nodes, without what JavaScript adds to each. */
  get memoryBytes(): number {
    return memoryOf(this.#root, this.#height)
  }

  #compare(score: number, address: number, otherScore: number, otherAddress: number): number {
    if (score !== otherScore) return score < otherScore ? -1 : 1
    return address === otherAddress ? 0 : this.#order.compareMembers(address, otherAddress)
  }

  /** Index of the first element of `node`, from `from` on, that does not come before the one given. */
  #indexIn(node: SortedNode, score: number, address: number, from = 0): number {
    const { scores, members } = node
    let to = node.size
    while (from < to) {
      const middle = (from + to) >>> 1
      if (this.#compare(scores[middle], members[middle], score, address) < 0) from = middle + 1
      else to = middle
    }
    return from
  }

  /** Index of the child of `branch` where the element given is, or would be put before the first of the next child. */
  #childFor(branch: Branch, score: number, address: number): number {
    const index = this.#indexIn(branch, score, address, 1)
    const isFirst =
      index < branch.size && this.#compare(branch.scores[index], branch.members[index], score, address) === 0
    return isFirst ? index : index - 1
  }

  #leafFor(score: number, address: number): Leaf {
    let node = this.#root
    for (let level = this.#height; level > 0; level--) {
      const branch = node as Branch
      node = branch.children[this.#childFor(branch, score, address)] as SortedNode
    }
    return node as Leaf
  }

  /** Number of elements with a score below `score`, or where `isThrough` is set, of `score` or below. */
  #countScores(score: number, isThrough: boolean): number {
    let node = this.#root
    let before = 0
    for (let level = this.#height; level > 0; level--) {
      const branch = node as Branch
      const index = scoreIndex(branch, score, isThrough, 1) - 1
      before += countTo(branch, index)
      node = branch.children[index] as SortedNode
    }
    return before + scoreIndex(node, score, isThrough, 0)
  }

  /** Number of elements with a member before `bytes[from, to)`, or where `isThrough` is set, up to and including it. */
  #countMembers(bytes: Buffer, from: number, to: number, isThrough: boolean): number {
    let node = this.#root
    let before = 0
    for (let level = this.#height; level > 0; level--) {
      const branch = node as Branch
      const index = this.#memberIndex(branch, bytes, from, to, isThrough, 1) - 1
      before += countTo(branch, index)
      node = branch.children[index] as SortedNode
    }
    return before + this.#memberIndex(node, bytes, from, to, isThrough, 0)
  }

  #memberIndex(
    node: SortedNode,
    bytes: Buffer,
    from: number,
    to: number,
    isThrough: boolean,
    low: number,
  ): number {
    let high = node.size
    while (low < high) {
      const middle = (low + high) >>> 1
      const order = this.#order.compareMember(node.members[middle], bytes, from, to)
      if (order < 0 || (isThrough && order === 0)) low = middle + 1
      else high = middle
    }
    return low
  }

  #insertAt(where: Where, score: number, address: number): void {
    const right = this.#insert(this.#root, this.#height, where, score, address, true, true)
    this.#size++
    if (right === undefined) return
    const root = new Branch()
    root.insertChild(0, this.#root, this.#size - countOf(right, this.#height))
    root.insertChild(1, right, countOf(right, this.#height))
    this.#root = root
    this.#height++
  }

  /**
   * Inserts an element below `node`, which is `level` above the leaves; returns the new node to its right where it was
   * split. `isFirst` and `isLast` say that the node is at that end of the whole tree.
   */
  #insert(
    node: SortedNode,
    level: number,
    where: Where,
    score: number,
    address: number,
    isFirst: boolean,
    isLast: boolean,
  ): SortedNode | undefined {
    if (level === 0) {
      let at = 0
      if (where === 'place') at = this.#indexIn(node, score, address)
      else if (where === 'end') at = node.size
      return insertIntoLeaf(node as Leaf, at, score, address, isFirst, isLast)
    }
    const branch = node as Branch
    let index = 0
    if (where === 'place') index = this.#indexIn(branch, score, address, 1) - 1
    else if (where === 'end') index = branch.size - 1
    const child = branch.children[index] as SortedNode
    const isLeftmost = isFirst && index === 0
    const isRightmost = isLast && index === branch.size - 1
    const right = this.#insert(child, level - 1, where, score, address, isLeftmost, isRightmost)
    branch.counts[index]++
    branch.noteFirst(index)
    if (right === undefined) return undefined
    const moved = countOf(right, level - 1)
    branch.counts[index] -= moved
    branch.insertChild(index + 1, right, moved)
    if (branch.size <= BRANCH_SIZE) return undefined
    return branch.splitAt(splitIndex(branch.size, isLeftmost, isRightmost))
  }

  /** Removes an element below `node`, which is `level` above the leaves; returns whether it was there. */
  #remove(node: SortedNode, level: number, score: number, address: number): boolean {
    if (level === 0) {
      const leaf = node as Leaf
      const index = this.#indexIn(leaf, score, address)
      if (!holdsAt(leaf, index, score, address)) return false
      leaf.removeSpan(index, index + 1)
      return true
    }
    const branch = node as Branch
    const index = this.#childFor(branch, score, address)
    const child = branch.children[index] as SortedNode
    if (!this.#remove(child, level - 1, score, address)) return false
    branch.counts[index]--
    if (child.size === 0) {
      branch.removeChildren(index, index + 1)
    } else {
      branch.noteFirst(index)
      joinSparse(branch, index, level - 1)
    }
    return true
  }

  /** Removes elements `from` to `to` - 1 of `node`, which are not all of it. */
  #removeSpan(node: SortedNode, level: number, from: number, to: number): void {
    if (level === 0) {
      const leaf = node as Leaf
      leaf.removeSpan(from, to)
      return
    }
    const branch = node as Branch
    let index = 0
    let first = 0
    while (first + branch.counts[index] <= from) first += branch.counts[index++]
    const touched = index
    let goneFrom = 0
    let goneTo = 0
    for (; index < branch.size && first < to; index++) {
      const count = branch.counts[index]
      const childFrom = Math.max(from - first, 0)
      const childTo = Math.min(to - first, count)
      first += count
      if (childTo - childFrom === count) {
        if (goneTo === 0) goneFrom = index
        goneTo = index + 1
      } else {
        this.#removeSpan(branch.children[index] as SortedNode, level - 1, childFrom, childTo)
        branch.counts[index] = count - (childTo - childFrom)
        branch.noteFirst(index)
      }
    }
    if (goneTo > 0) branch.removeChildren(goneFrom, goneTo)
    // At most two children lost only some of their elements, and they are neighbours now.
    joinSparse(branch, touched + 1, level - 1)
    joinSparse(branch, touched, level - 1)
  }
}

/** Where an element is to go. */
type Where = 'start' | 'place' | 'end'

/** Whether element `index` of `node`, which may be past its end, is the one given. */
function holdsAt(node: SortedNode, index: number, score: number, address: number): boolean {
  return index < node.size && node.members[index] === address && node.scores[index] === score
}

/** Number of elements in the children of `branch` before child `index`. */
function countTo(branch: Branch, index: number): number {
  let count = 0
  for (let child = 0; child < index; child++) count += branch.counts[child]
  return count
}

function countOf(node: SortedNode, level: number): number {
  return level === 0 ? node.size : (node as Branch).total
}

function memoryOf(node: SortedNode, level: number): number {
  if (level === 0) return (node as Leaf).memoryBytes
  const branch = node as Branch
  return branch.children.reduce((bytes, child) => bytes + memoryOf(child, level - 1), Branch.MEMORY_BYTES)
}

/** Index of the first element of `node`, from `low` on, with a score of at least, or where `isThrough`, above `score`. */
function scoreIndex(node: SortedNode, score: number, isThrough: boolean, low: number): number {
  const scores = node.scores
  let high = node.size
  while (low < high) {
    const middle = (low + high) >>> 1
    const each = scores[middle]
    if (each < score || (isThrough && each === score)) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Where to split a full node. At the ends of the tree elements tend to go on in order: the full part is left full.
 */
function splitIndex(size: number, isFirst: boolean, isLast: boolean): number {
  if (isLast) return size - 1
  return isFirst ? 1 : size >>> 1
}

/** Inserts an element at `index`; returns the new leaf to the right where this one, at an end of the tree or not, was full. */
function insertIntoLeaf(
  leaf: Leaf,
  index: number,
  score: number,
  address: number,
  isFirst: boolean,
  isLast: boolean,
): Leaf | undefined {
  if (leaf.size < LEAF_SIZE) {
    leaf.insertAt(index, score, address)
    return undefined
  }
  const at = splitIndex(leaf.size, isFirst && index === 0, isLast && index === leaf.size)
  const right = leaf.splitAt(at)
  if (index > at) right.insertAt(index - at, score, address)
  else leaf.insertAt(index, score, address)
  return right
}

/** Joins child `index` of `branch`, if there is one and it has few elements, with a neighbour that leaves room. */
function joinSparse(branch: Branch, index: number, level: number): void {
  if (index >= branch.size) return
  const most = level === 0 ? LEAF_SIZE : BRANCH_SIZE
  const size = (branch.children[index] as SortedNode).size
  if (size >= most * SPARSE_FRACTION) return
  const room = most * JOINED_FRACTION - size
  let left = index - 1
  if (left < 0 || (branch.children[left] as SortedNode).size > room) left = index
  const right = left + 1
  if (right >= branch.size || (left === index && (branch.children[right] as SortedNode).size > room)) return
  const kept = branch.children[left] as SortedNode
  const joined = branch.children[right] as SortedNode
  if (level === 0) (kept as Leaf).appendFrom(joined as Leaf, 0)
  else (kept as Branch).appendFrom(joined as Branch, 0)
  branch.counts[left] += branch.counts[right]
  branch.removeChildren(right, right + 1)
}
