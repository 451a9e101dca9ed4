import type { Server } from './server.ts'

/** Periodic work: tasks that run `hz` times a second, or once in so many milliseconds. */
export class Cron {
  readonly #server: Server
  readonly #tasks = new Set<{ run: () => void; everyMs: number; nextMs: number }>()
  #timer: NodeJS.Timeout | undefined

  constructor(server: Server) {
    this.#server = server
  }

  /** Adds a task; `everyMs` of 0 runs it in every round. The returned function ends it. */
  add(everyMs: number, run: () => void): () => void {
    const task = { run, everyMs, nextMs: 0 }
    this.#tasks.add(task)
    return () => this.#tasks.delete(task)
  }

  /** Starts the rounds, and changes their pace with `hz`. */
  start(): void {
    this.#server.config.follow(['hz'], () => {
      clearInterval(this.#timer)
      this.#timer = setInterval(() => this.#round(), Math.round(1000 / this.#server.config.integer('hz')))
    })
  }

  #round(): void {
    const server = this.#server
    server.enter()
    const now = server.keyspace.nowMs
    for (const task of this.#tasks) {
      if (now < task.nextMs) continue
      task.nextMs = now + task.everyMs
      task.run()
    }
    server.leave()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
