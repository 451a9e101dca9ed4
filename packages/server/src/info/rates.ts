import type { Server } from '../server.ts'

const SAMPLES = 16
const SAMPLE_MS = 100

/** A figure per second, as a mean over the last second and a half. */
class Rate {
  readonly #samples: number[] = new Array(SAMPLES).fill(0)
  #next = 0
  #last = 0

  sample(total: number, elapsedMs: number): void {
    const change = total - this.#last
    this.#last = total
    if (elapsedMs > 0) this.#samples[this.#next++ % SAMPLES] = Math.max(0, (change * 1000) / elapsedMs)
  }

  get perSecond(): number {
    return this.#samples.reduce((sum, each) => sum + each, 0) / SAMPLES
  }
}

/** Figures that change from moment to moment and are therefore sampled: rates, and the peak of memory. */
export class Rates {
  readonly commands = new Rate()
  readonly inputBytes = new Rate()
  readonly outputBytes = new Rate()
  readonly cycles = new Rate()
  /** Microseconds in which the server was not waiting. */
  readonly activeTime = new Rate()
  #peakMemory = 0
  #lastMs = 0

  constructor(server: Server) {
    server.cron.add(SAMPLE_MS, () => this.#sample(server))
  }

  #sample({ stats, keyspace }: Server): void {
    const now = performance.now()
    const elapsedMs = this.#lastMs === 0 ? 0 : now - this.#lastMs
    this.#lastMs = now
    this.commands.sample(stats.commands, elapsedMs)
    this.inputBytes.sample(stats.inputBytes, elapsedMs)
    this.outputBytes.sample(stats.outputBytes, elapsedMs)
    this.cycles.sample(stats.cycles, elapsedMs)
    this.activeTime.sample(performance.eventLoopUtilization().active * 1000, elapsedMs)
    this.peak(keyspace.usedBytes)
  }

  /** The most memory ever seen in use, in bytes. A peak once told stays: a reading between two samples counts. */
  peak(usedBytes: number): number {
    this.#peakMemory = Math.max(this.#peakMemory, usedBytes)
    return this.#peakMemory
  }
}
