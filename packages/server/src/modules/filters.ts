import type { BytesLike, FilteredCommand } from '@modis/sdk'
import type { Client } from '../client/client.ts'
import { RequestArgs } from '../protocol/request-args.ts'
import type { Server } from '../server.ts'
import { bufferOf } from './context/bytes.ts'
import type { ModuleRecord } from './module-record.ts'

/** One module's filter. Returns other arguments, or undefined where they stay as they are. It does not throw. */
export interface CommandFilter {
  /** Undefined for the filter that stands for all Redis modules: the bridge knows whose are whose. */
  readonly module: ModuleRecord | undefined
  /** Also sees what the module itself calls. */
  readonly includeOwn: boolean
  filter(client: Client, args: RequestArgs): RequestArgs | undefined
}

/** Lets modules see, and rewrite, every command before it is looked up. Costs nothing while no module does. */
export class CommandFilters {
  readonly #server: Server
  readonly #filters = new Set<CommandFilter>()

  constructor(server: Server) {
    this.#server = server
  }

  add(filter: CommandFilter): () => void {
    this.#filters.add(filter)
    this.#server.filters = (client, args) => this.#apply(client, args)
    return () => {
      this.#filters.delete(filter)
      if (this.#filters.size === 0) this.#server.filters = undefined
    }
  }

  /** Number of filters a module has. */
  countOf(module: ModuleRecord): number {
    return [...this.#filters].filter((filter) => filter.module === module).length
  }

  #apply(client: Client, args: RequestArgs): void {
    for (const filter of this.#filters) {
      const isOwn =
        client.isInternal && filter.module !== undefined && this.#server.caller.calling === filter.module
      if (isOwn && !filter.includeOwn) continue
      const replaced = filter.filter(client, args)
      if (replaced !== undefined && replaced.count > 0) assign(args, replaced)
    }
  }
}

function assign(args: RequestArgs, from: RequestArgs): void {
  args.buffer = from.buffer
  args.starts = from.starts
  args.ends = from.ends
  args.count = from.count
}

/** A command as a module's filter sees it: copies nothing until something is replaced. */
export class FilteredRequest implements FilteredCommand {
  readonly clientId: number
  readonly #args: RequestArgs
  #changed: Buffer[] | undefined

  constructor(client: Client, args: RequestArgs) {
    this.clientId = client.id
    this.#args = args
  }

  get count(): number {
    return this.#changed?.length ?? this.#args.count
  }

  get(index: number): Buffer {
    this.#require(index, this.count)
    return Buffer.from(this.#changed?.[index] ?? this.#args.bytes(index))
  }

  replace(index: number, value: BytesLike): void {
    this.#require(index, this.count)
    this.#change()[index] = Buffer.from(bufferOf(value))
  }

  insert(index: number, value: BytesLike): void {
    this.#require(index, this.count + 1)
    this.#change().splice(index, 0, Buffer.from(bufferOf(value)))
  }

  delete(index: number): void {
    this.#require(index, this.count)
    if (this.count === 1) throw new RangeError('a command keeps at least its name')
    this.#change().splice(index, 1)
  }

  /** The arguments where they were changed. */
  get result(): RequestArgs | undefined {
    return this.#changed === undefined ? undefined : RequestArgs.from(this.#changed)
  }

  #change(): Buffer[] {
    this.#changed ??= Array.from({ length: this.#args.count }, (_, index) => this.#args.bytes(index))
    return this.#changed
  }

  #require(index: number, end: number): void {
    if (!Number.isInteger(index) || index < 0 || index >= end) {
      throw new RangeError(`there is no argument ${index}; the command has ${this.count}`)
    }
  }
}
