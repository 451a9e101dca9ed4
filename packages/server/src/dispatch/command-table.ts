import type { RequestArgs } from '../protocol/request-args.ts'
import type { Command } from './command.ts'

const MIN_SLOTS = 512

/** Commands by name, found from the bytes of a request without making a string of them. */
export class CommandTable {
  readonly #byName = new Map<string, Command>()
  #last: Command | undefined
  #slots: (Command | undefined)[] = new Array(MIN_SLOTS).fill(undefined)

  get size(): number {
    return this.#byName.size
  }

  get(name: string): Command | undefined {
    return this.#byName.get(name.toLowerCase())
  }

  values(): IterableIterator<Command> {
    return this.#byName.values()
  }

  add(command: Command): void {
    this.#byName.set(command.name, command)
    this.#rebuild()
  }

  delete(name: string): void {
    this.#byName.delete(name)
    this.#rebuild()
  }

  /** The command whose name is argument `index`, letters compared without case. */
  find(args: RequestArgs, index: number): Command | undefined {
    const buffer = args.buffer
    const from = args.starts[index] as number
    const length = (args.ends[index] as number) - from
    // Clients mostly send the same command again and again.
    const last = this.#last
    if (last !== undefined && nameIs(last.name, buffer, from, length)) return last
    let hash = length
    for (let i = 0; i < length; i++) hash = (Math.imul(hash, 31) + ((buffer[from + i] as number) | 0x20)) | 0
    const slots = this.#slots
    const mask = slots.length - 1
    for (let at = spread(hash) & mask; ; at = (at + 1) & mask) {
      const command = slots[at]
      if (command === undefined) return undefined
      if (nameIs(command.name, buffer, from, length)) {
        this.#last = command
        return command
      }
    }
  }

  #rebuild(): void {
    this.#last = undefined
    let size = MIN_SLOTS
    while (size < this.#byName.size * 4) size *= 2
    const slots: (Command | undefined)[] = new Array(size).fill(undefined)
    for (const command of this.#byName.values()) {
      const bytes = Buffer.from(command.name)
      let hash = bytes.length
      for (const byte of bytes) hash = (Math.imul(hash, 31) + (byte | 0x20)) | 0
      let at = spread(hash) & (size - 1)
      while (slots[at] !== undefined) at = (at + 1) & (size - 1)
      slots[at] = command
    }
    this.#slots = slots
  }
}

function spread(hash: number): number {
  return hash ^ (hash >>> 15)
}

function nameIs(name: string, buffer: Buffer, from: number, length: number): boolean {
  if (name.length !== length) return false
  for (let i = 0; i < length; i++) {
    let byte = buffer[from + i] as number
    if (byte >= 0x41 && byte <= 0x5a) byte += 0x20
    if (byte !== name.charCodeAt(i)) return false
  }
  return true
}
