// The nodes of a ScoreTree. Leaves hold the elements and branches the shape; both are flat arrays, so that ten million
// elements are a few hundred thousand objects at most and no garbage while they stay.

/** Most elements of a leaf: what one insertion may have to move. */
export const LEAF_SIZE = 512

/** Most children of a branch. */
export const BRANCH_SIZE = 64

const SMALLEST_CAPACITY = 16
const ELEMENT_BYTES = 12
// Where fewer elements than this follow, a loop beats the fixed cost of a native move.
const NATIVE_MOVE_ELEMENTS = 24

/** What leaves and branches share: an element each for what they hold, the first being their smallest. */
export interface SortedNode {
  size: number
  scores: Float64Array
  members: Int32Array
}

function move<T extends Float64Array | Int32Array>(array: T, at: number, from: number, to: number): void {
  if (to - from > NATIVE_MOVE_ELEMENTS) {
    array.copyWithin(at, from, to)
  } else if (at < from) {
    while (from < to) array[at++] = array[from++]
  } else {
    at += to - from
    while (to > from) array[--at] = array[--to]
  }
}

/** A run of elements in order. Its arrays grow and shrink with it. */
export class Leaf implements SortedNode {
  size = 0
  scores: Float64Array
  members: Int32Array

  /** @param elements how many it should have room for */
  constructor(elements = SMALLEST_CAPACITY) {
    let capacity = SMALLEST_CAPACITY
    while (capacity < elements) capacity *= 2
    const memory = new ArrayBuffer(capacity * ELEMENT_BYTES)
    this.scores = new Float64Array(memory, 0, capacity)
    this.members = new Int32Array(memory, capacity * Float64Array.BYTES_PER_ELEMENT, capacity)
  }

  get memoryBytes(): number {
    return this.scores.length * ELEMENT_BYTES
  }

  /** Inserts an element at `index`; the leaf is not full. */
  insertAt(index: number, score: number, member: number): void {
    if (this.size === this.scores.length) this.#resize(this.size + 1)
    move(this.scores, index + 1, index, this.size)
    move(this.members, index + 1, index, this.size)
    this.scores[index] = score
    this.members[index] = member
    this.size++
  }

  /** Removes the elements `from` to `to` - 1. */
  removeSpan(from: number, to: number): void {
    move(this.scores, from, to, this.size)
    move(this.members, from, to, this.size)
    this.size -= to - from
    const capacity = this.scores.length
    if (this.size < capacity >>> 2 && capacity > SMALLEST_CAPACITY) this.#resize(this.size * 2)
  }

  /** Moves the elements from `index` on to a new leaf. */
  splitAt(index: number): Leaf {
    const right = new Leaf(Math.max(this.size - index, 1))
    right.appendFrom(this, index)
    this.size = index
    return right
  }

  /** Adds the elements of `other` from `index` on at the end; there is room by number. */
  appendFrom(other: Leaf, index: number): void {
    const added = other.size - index
    if (this.size + added > this.scores.length) this.#resize(this.size + added)
    this.scores.set(other.scores.subarray(index, other.size), this.size)
    this.members.set(other.members.subarray(index, other.size), this.size)
    this.size += added
  }

  #resize(elements: number): void {
    const resized = new Leaf(elements)
    resized.scores.set(this.scores.subarray(0, this.size))
    resized.members.set(this.members.subarray(0, this.size))
    this.scores = resized.scores
    this.members = resized.members
  }
}

/** Nodes in order, with the number of elements and the first element of each. */
export class Branch implements SortedNode {
  /** Bytes of the arrays of a branch, its list of children at its longest included. */
  static readonly MEMORY_BYTES = (BRANCH_SIZE + 1) * 24

  size = 0
  readonly children: SortedNode[] = []
  readonly counts = new Int32Array(BRANCH_SIZE + 1)
  /** The first element of each child, as it is at present. */
  readonly scores = new Float64Array(BRANCH_SIZE + 1)
  readonly members = new Int32Array(BRANCH_SIZE + 1)

  /** Number of elements below this branch. */
  get total(): number {
    let total = 0
    for (let index = 0; index < this.size; index++) total += this.counts[index]
    return total
  }

  /** Takes note of the first element of child `index`, which is not empty. */
  noteFirst(index: number): void {
    const child = this.children[index] as SortedNode
    this.scores[index] = child.scores[0]
    this.members[index] = child.members[0]
  }

  /** Inserts a child of `count` elements at `index`. A branch may have one child too many until it is split. */
  insertChild(index: number, child: SortedNode, count: number): void {
    move(this.counts, index + 1, index, this.size)
    move(this.scores, index + 1, index, this.size)
    move(this.members, index + 1, index, this.size)
    this.children.splice(index, 0, child)
    this.counts[index] = count
    this.size++
    this.noteFirst(index)
  }

  /** Removes the children `from` to `to` - 1. */
  removeChildren(from: number, to: number): void {
    move(this.counts, from, to, this.size)
    move(this.scores, from, to, this.size)
    move(this.members, from, to, this.size)
    this.children.splice(from, to - from)
    this.size -= to - from
  }

  /** Moves the children from `index` on to a new branch. */
  splitAt(index: number): Branch {
    const right = new Branch()
    right.appendFrom(this, index)
    this.children.length = index
    this.size = index
    return right
  }

  /** Adds the children of `other` from `index` on at the end; there is room. */
  appendFrom(other: Branch, index: number): void {
    for (let from = index; from < other.size; from++) {
      this.children.push(other.children[from] as SortedNode)
      this.counts[this.size] = other.counts[from]
      this.scores[this.size] = other.scores[from]
      this.members[this.size] = other.members[from]
      this.size++
    }
  }
}
