import type { KeyspaceEventClass } from '@modis/sdk'
import type { Database } from './database.ts'

/** The letter of each class in `notify-keyspace-events`. */
export const EVENT_CLASS_LETTERS: Readonly<Record<KeyspaceEventClass, string>> = {
  generic: 'g',
  string: '$',
  list: 'l',
  set: 's',
  hash: 'h',
  zset: 'z',
  expired: 'x',
  evicted: 'e',
  stream: 't',
  'key-miss': 'm',
  loaded: '',
  new: 'n',
  module: 'd',
}

/** Classes that the letter `A` stands for. */
const ALL_CLASSES = 'g$lshzxetd'

/** Called for every event of the keyspace, in the middle of the command that causes it. */
export type KeyspaceListener = (eventClass: KeyspaceEventClass, event: string, key: Buffer, database: Database) => void

/**
 * Keyspace notifications: to clients through publish/subscribe as `notify-keyspace-events` says, and to modules
 * whatever it says.
 */
export class Notifications {
  readonly #publish: (channel: Buffer, message: Buffer) => void
  readonly #listeners = new Set<KeyspaceListener>()
  #letters = ''

  constructor(publish: (channel: Buffer, message: Buffer) => void) {
    this.#publish = publish
  }

  /** Value of `notify-keyspace-events` in canonical form. */
  get flags(): string {
    return canonical(this.#letters)
  }

  /**
   * Sets `notify-keyspace-events`.
   * @throws RangeError where `value` has a letter that means nothing
   */
  setFlags(value: string): void {
    const unknown = /[^KEg$lshzxetdmnA]/.exec(value)
    if (unknown) throw new RangeError(`'${unknown[0]}' is none of K E g $ l s h z x e t d m n A`)
    this.#letters = value.replaceAll('A', ALL_CLASSES)
  }

  /** Whether anybody listens to the class. */
  wants(eventClass: KeyspaceEventClass): boolean {
    if (this.#listeners.size > 0) return true
    return /[KE]/.test(this.#letters) && this.#letters.includes(EVENT_CLASS_LETTERS[eventClass])
  }

  listen(listener: KeyspaceListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Whether nothing listens to any class, so that a caller can save itself making a key. */
  get idle(): boolean {
    return this.#letters === '' && this.#listeners.size === 0
  }

  /** Sends one event to whoever wants it. */
  notify(eventClass: KeyspaceEventClass, event: string, key: Buffer, database: Database): void {
    for (const listener of this.#listeners) listener(eventClass, event, key, database)
    const letters = this.#letters
    const letter = EVENT_CLASS_LETTERS[eventClass]
    if (letter === '' || !letters.includes(letter)) return
    const db = database.index
    if (letters.includes('K')) {
      this.#publish(Buffer.concat([Buffer.from(`__keyspace@${db}__:`), key]), Buffer.from(event))
    }
    if (letters.includes('E')) this.#publish(Buffer.from(`__keyevent@${db}__:${event}`), key)
  }
}

function canonical(letters: string): string {
  const all = [...ALL_CLASSES].every((letter) => letters.includes(letter))
  const classes = all ? 'A' : [...ALL_CLASSES].filter((letter) => letters.includes(letter)).join('')
  return classes + [...'KEmn'].filter((letter) => letters.includes(letter)).join('')
}
