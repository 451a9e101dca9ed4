import type { KeyspaceEventClass } from '@modis/sdk'
import type { Database } from './database.ts'

/** The letter of each class in `notify-keyspace-events`. */
const EVENT_CLASS_LETTERS: Readonly<Record<KeyspaceEventClass, string>> = {
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

/** The letters that `notify-keyspace-events` may hold. */
export const EVENT_LETTERS = 'Ag$lshzxeKEtmdn'

/**
 * The canonical form of a value of `notify-keyspace-events`.
 * @throws RangeError where it has a letter that means nothing
 */
export function normalizeEventFlags(value: string): string {
  if (/[^Ag$lshzxeKEtmdn]/.test(value)) {
    throw new RangeError(`Invalid event class character. Use '${EVENT_LETTERS}'.`)
  }
  const letters = value.replaceAll('A', ALL_CLASSES)
  const kept = (order: string): string => [...order].filter((letter) => letters.includes(letter)).join('')
  const classes = kept(ALL_CLASSES).length === ALL_CLASSES.length ? 'A' : kept(ALL_CLASSES)
  // Redis shows no `n` beside an `A`, although `A` does not include it, and so loses it with CONFIG REWRITE.
  return classes + kept('nKEm')
}

/** Called for every event of the keyspace, in the middle of the command that causes it. */
export type KeyspaceListener = (
  eventClass: KeyspaceEventClass,
  event: string,
  key: Buffer,
  database: Database,
) => void

/** Where events are published. */
export interface EventChannels {
  /** Whether anybody has subscribed to anything. */
  readonly isEmpty: boolean
  publish(channel: Buffer, message: Buffer): void
}

/**
 * Keyspace notifications: to clients through publish/subscribe as `notify-keyspace-events` says, and to modules
 * whatever it says.
 */
export class Notifications {
  readonly #channels: EventChannels
  readonly #listeners = new Set<KeyspaceListener>()
  readonly #classes = new Set<KeyspaceEventClass>()
  /** Value of `notify-keyspace-events` in canonical form. */
  flags = ''
  #toKeyspace = false
  #toKeyevent = false
  /** Called when classes may have become wanted or unwanted. */
  onChange: (() => void) | undefined

  constructor(channels: EventChannels) {
    this.#channels = channels
  }

  /** Sets `notify-keyspace-events`, in canonical form or not. */
  setFlags(value: string): void {
    this.flags = normalizeEventFlags(value)
    const letters = value.replaceAll('A', ALL_CLASSES)
    this.#classes.clear()
    for (const [eventClass, letter] of Object.entries(EVENT_CLASS_LETTERS)) {
      if (letter !== '' && letters.includes(letter)) this.#classes.add(eventClass as KeyspaceEventClass)
    }
    this.#toKeyspace = letters.includes('K')
    this.#toKeyevent = letters.includes('E')
    if (!this.#toKeyspace && !this.#toKeyevent) this.#classes.clear()
    this.onChange?.()
  }

  /** Whether the class is asked for, by `notify-keyspace-events` or by a module. */
  wants(eventClass: KeyspaceEventClass): boolean {
    return this.#listeners.size > 0 || this.#classes.has(eventClass)
  }

  listen(listener: KeyspaceListener): () => void {
    this.#listeners.add(listener)
    this.onChange?.()
    return () => {
      this.#listeners.delete(listener)
      this.onChange?.()
    }
  }

  /** Whether nothing listens to any class, so that a caller can save itself making a key. */
  get idle(): boolean {
    return this.#listeners.size === 0 && (this.#classes.size === 0 || this.#channels.isEmpty)
  }

  /** Sends one event to whoever wants it. */
  notify(eventClass: KeyspaceEventClass, event: string, key: Buffer, database: Database): void {
    for (const listener of this.#listeners) listener(eventClass, event, key, database)
    const channels = this.#channels
    if (!this.#classes.has(eventClass) || channels.isEmpty) return
    const db = database.index
    if (this.#toKeyspace) {
      channels.publish(Buffer.concat([Buffer.from(`__keyspace@${db}__:`), key]), Buffer.from(event))
    }
    if (this.#toKeyevent) channels.publish(Buffer.from(`__keyevent@${db}__:${event}`), key)
  }
}
