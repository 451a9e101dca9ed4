/** What a module holds in the server beyond its commands: each thing with the way to take it back. */
export class Resources {
  readonly #undo = new Set<() => void>()

  /** Notes something held; the function returned takes it back, once. */
  add(undo: () => void): () => void {
    this.#undo.add(undo)
    return () => {
      if (this.#undo.delete(undo)) undo()
    }
  }

  /** Forgets something that has ended by itself. */
  forget(undo: () => void): void {
    this.#undo.delete(undo)
  }

  /** Takes everything back, the latest first. */
  release(): void {
    for (const undo of [...this.#undo].reverse()) if (this.#undo.delete(undo)) undo()
  }
}
