import type { Server } from './server.ts'

/** Pause between rounds of the tasks that have more to do: with slices of a millisecond, a quarter of the time is theirs. */
const BUSY_PAUSE_MS = 3

/** Does its part and returns whether there is more to do at once. */
// biome-ignore lint/suspicious/noConfusingVoidType: most tasks have nothing to say
export type CronTask = () => boolean | void

interface Scheduled {
  readonly run: CronTask
  readonly everyMs: number
  nextMs: number
  isBusy: boolean
}

/**
 * The one place for periodic work: tasks that run `hz` times a second, or once in so many milliseconds. No task may take
 * longer than about a millisecond; one that has more to do says so and is called again soon. Nothing of it keeps the
 * process alive.
 */
export class Cron {
  readonly #server: Server
  readonly #tasks = new Set<Scheduled>()
  #timer: NodeJS.Timeout | undefined
  #busyTimer: NodeJS.Timeout | undefined
  #running = false
  /** No task runs; for tests. */
  paused = false

  constructor(server: Server) {
    this.#server = server
  }

  /** Adds a task; `everyMs` of 0 runs it in every round. The returned function ends it. */
  add(everyMs: number, run: CronTask): () => void {
    const task: Scheduled = { run, everyMs, nextMs: 0, isBusy: false }
    this.#tasks.add(task)
    return () => this.#tasks.delete(task)
  }

  /** Starts the rounds; their pace follows `hz`. */
  start(): void {
    this.#running = true
    this.#server.config.follow(['hz'], () => {
      if (this.#running) this.#schedule()
    })
  }

  #schedule(): void {
    clearInterval(this.#timer)
    this.#timer = setInterval(() => this.#round(false), 1000 / this.#server.config.integer('hz'))
    this.#timer.unref()
  }

  /** Runs the tasks that are due, or only those that have more to do. */
  #round(onlyBusy: boolean): void {
    if (this.paused) return
    const server = this.#server
    server.enter()
    if (!onlyBusy && server.events.wants('cron')) {
      server.events.emit('cron', { hz: server.config.integer('hz') })
    }
    const now = server.keyspace.nowMs
    let isBusy = false
    for (const task of this.#tasks) {
      const isDue = task.isBusy || (!onlyBusy && now >= task.nextMs)
      if (!isDue) continue
      task.nextMs = now + task.everyMs
      task.isBusy = task.run() === true
      isBusy ||= task.isBusy
    }
    server.leave()
    if (isBusy && this.#busyTimer === undefined && this.#running) this.#goOnSoon()
  }

  #goOnSoon(): void {
    this.#busyTimer = setTimeout(() => {
      this.#busyTimer = undefined
      this.#round(true)
    }, BUSY_PAUSE_MS)
    this.#busyTimer.unref()
  }

  stop(): void {
    this.#running = false
    clearInterval(this.#timer)
    clearTimeout(this.#busyTimer)
    this.#busyTimer = undefined
  }
}
