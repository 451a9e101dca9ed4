/** Conditions that make commands pass the dispatcher's slow checks; bits of its `gate` and of each command's. */
export const ServerGate = {
  loading: 1 << 8,
  outOfMemory: 1 << 9,
  saveFailed: 1 << 10,
  /** MONITOR clients want to see every command. */
  observed: 1 << 11,
  /** CLIENT PAUSE is in force. */
  paused: 1 << 12,
  /** The command itself may be forbidden by the configuration: DEBUG and MODULE. */
  protectedCommand: 1 << 13,
  /** Clients track keys: what they read is remembered. */
  tracked: 1 << 14,
  /** Clients are served in the middle of a module's command. */
  busy: 1 << 15,
} as const
