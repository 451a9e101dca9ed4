/** Figures of a server since its start or the last CONFIG RESETSTAT; what INFO prints. */
export class Stats {
  connections = 0
  rejectedConnections = 0
  commands = 0
  inputBytes = 0
  outputBytes = 0
  protocolErrors = 0
  errorReplies = 0
  /** Times the server turned to requests or to its own work. */
  cycles = 0
  reads = 0
  writes = 0
  /** What users were refused. */
  readonly denied = { command: 0, key: 0, channel: 0, auth: 0 }
  /** Error replies by code. */
  readonly errors = new Map<string, number>()

  countError(code: string): void {
    this.errorReplies++
    // A flood of made-up codes must not grow the map without bound.
    if (this.errors.size >= 128 && !this.errors.has(code)) return
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1)
  }

  reset(): void {
    this.connections = 0
    this.rejectedConnections = 0
    this.commands = 0
    this.inputBytes = 0
    this.outputBytes = 0
    this.protocolErrors = 0
    this.errorReplies = 0
    Object.assign(this.denied, { command: 0, key: 0, channel: 0, auth: 0 })
    this.cycles = 0
    this.reads = 0
    this.writes = 0
    this.errors.clear()
  }
}
