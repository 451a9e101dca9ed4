import type { Arena } from '../arena.ts'
import { compareBytes } from '../compare-bytes.ts'
import { Dictionary } from '../dictionary.ts'
import { chunkOf, HEADER_BYTES, wordBase, wordsOf } from '../entry-layout.ts'
import type { LargeValue } from '../objects.ts'
import { type MemberOrder, ScoreCursor, ScoreTree } from '../sorted-tree.ts'

const SCORE_BYTES = 8
const OBJECT_BYTES = 128
// Twelve where members came in order, about seventeen where they came at random.
const TREE_BYTES_PER_MEMBER = 15
const HEADER_WORDS = HEADER_BYTES >> 2

/**
 * A sorted set past the thresholds: a dictionary from members to scores, and a tree that orders its entries. A member is
 * named by its address in the dictionary. No score is NaN.
 */
export class LargeSortedSet implements LargeValue, MemberOrder {
  readonly encodingName = 'skiplist'
  readonly members: Dictionary
  readonly tree: ScoreTree

  constructor(arena: Arena) {
    this.members = new Dictionary(arena)
    this.tree = new ScoreTree(this)
  }

  get size(): number {
    return this.tree.size
  }

  get memoryBytes(): number {
    return this.members.memoryBytes + this.tree.memoryBytes + OBJECT_BYTES
  }

  /** An estimate: measuring the tree takes a walk over its nodes, and this is asked for again and again. */
  get outsideBytes(): number {
    return this.tree.size * TREE_BYTES_PER_MEMBER + OBJECT_BYTES
  }

  dispose(limit: number): boolean {
    this.tree.removeRange(0, this.tree.size)
    return this.members.dispose(limit)
  }

  compareMembers(left: number, right: number): number {
    const { arena } = this.members
    const leftWords = wordsOf(arena, left)
    const rightWords = wordsOf(arena, right)
    const leftBase = wordBase(left)
    const rightBase = wordBase(right)
    const leftLength = leftWords[leftBase + 2] as number
    const rightLength = rightWords[rightBase + 2] as number
    const leftKey = leftBase + HEADER_WORDS
    const rightKey = rightBase + HEADER_WORDS
    const wordCount = Math.min(leftLength, rightLength) >> 2
    let word = 0
    // Members have no expiry before them, so they are aligned, and whole words find where they differ.
    while (word < wordCount && leftWords[leftKey + word] === rightWords[rightKey + word]) word++
    const skipped = word << 2
    const leftStart = leftKey << 2
    const rightStart = rightKey << 2
    return compareBytes(
      chunkOf(arena, left),
      leftStart + skipped,
      leftStart + leftLength,
      chunkOf(arena, right),
      rightStart + skipped,
      rightStart + rightLength,
    )
  }

  compareMember(address: number, bytes: Buffer, from: number, to: number): number {
    const { members } = this
    const start = members.keyStart(address)
    const end = start + members.keyLength(address)
    return compareBytes(members.chunk(address), start, end, bytes, from, to)
  }

  /** Score of the member at `address`. */
  scoreAt(address: number): number {
    return this.members.chunk(address).readDoubleLE(this.members.valueStart(address))
  }

  /**
   * Address of `source[from, to)`, made a member without score and place where it is none (`members.reservedNew`);
   * {@link place} is to follow then.
   */
  reserve(source: Uint8Array, from: number, to: number): number {
    return this.members.reserve(source, from, to, SCORE_BYTES)
  }

  /** Gives a new member its score and its place. */
  place(address: number, score: number): void {
    this.noteScore(address, score)
    this.tree.insert(score, address)
  }

  /** Writes down a score, which is not what the tree goes by. */
  noteScore(address: number, score: number): void {
    this.members.chunk(address).writeDoubleLE(score, this.members.valueStart(address))
  }

  /** Gives the member at `address`, whose score is `score`, another score. */
  rescore(address: number, score: number, newScore: number): void {
    this.tree.rescore(score, address, newScore)
    this.noteScore(address, newScore)
  }

  /** Adds a member that the caller knows to come after all others. */
  append(source: Uint8Array, from: number, to: number, score: number): void {
    const address = this.reserve(source, from, to)
    this.noteScore(address, score)
    this.tree.appendSorted(score, address)
  }

  /**
   * Adds `source[from, to)`; returns false, without a change, where it is a member already. Members that come from the
   * highest to the lowest, as in RDB files, are added without a search.
   */
  load(source: Uint8Array, from: number, to: number, score: number): boolean {
    const address = this.reserve(source, from, to)
    if (!this.members.reservedNew) return false
    this.noteScore(address, score)
    if (this.#isBeforeAll(address, score)) this.tree.prependSorted(score, address)
    else this.tree.insert(score, address)
    return true
  }

  #isBeforeAll(address: number, score: number): boolean {
    if (!this.tree.seek(0, lowest) || score < lowest.score) return true
    return score === lowest.score && this.compareMembers(address, lowest.address) < 0
  }

  /** Removes member `source[from, to)`; returns whether it was one. */
  remove(source: Uint8Array, from: number, to: number): boolean {
    const address = this.members.find(source, from, to)
    if (address === 0) return false
    this.tree.remove(this.scoreAt(address), address)
    this.members.deleteAt(address)
    return true
  }

  /** Removes `count` members from rank `first` on, which are in the set. */
  removeRanks(first: number, count: number): void {
    const { members, tree } = this
    const cursor = new ScoreCursor()
    let stands = tree.seek(first, cursor)
    for (let left = count; stands && left > 0; left--) {
      const { address } = cursor
      stands = tree.next(cursor)
      members.deleteAt(address)
    }
    tree.removeRange(first, count)
  }
}

/** The cursor of lookups that only need to know what comes first. */
const lowest = new ScoreCursor()
