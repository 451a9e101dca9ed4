import type { ServerEvents } from '@modis/sdk'

type Name = keyof ServerEvents
type Handler<Each extends Name> = (event: ServerEvents[Each]) => void

/** Tells modules what happens in the server. Whoever makes an event happen sends it here. */
export class ServerEventBus {
  readonly #handlers = new Map<Name, Set<Handler<never>>>()
  readonly #followers = new Map<Name, (isWanted: boolean) => void>()

  /** Whether anybody listens, so that a sender can save itself making the event. */
  wants(name: Name): boolean {
    return this.#handlers.has(name)
  }

  on<Each extends Name>(name: Each, handler: Handler<Each>): () => void {
    let handlers = this.#handlers.get(name)
    if (handlers === undefined) {
      handlers = new Set()
      this.#handlers.set(name, handlers)
      this.#followers.get(name)?.(true)
    }
    const added = handlers.add(handler)
    return () => {
      added.delete(handler)
      if (added.size > 0 || this.#handlers.get(name) !== added) return
      this.#handlers.delete(name)
      this.#followers.get(name)?.(false)
    }
  }

  /** Has `follower` told when somebody begins to listen to `name` and when nobody does any more; one for each name. */
  whenWanted(name: Name, follower: (isWanted: boolean) => void): void {
    this.#followers.set(name, follower)
  }

  /** Calls the handlers at once. They do not throw: modules' handlers are guarded when they are registered. */
  emit<Each extends Name>(name: Each, event: ServerEvents[Each]): void {
    const handlers = this.#handlers.get(name)
    if (handlers === undefined) return
    for (const handler of [...handlers]) (handler as Handler<Each>)(event)
  }
}
