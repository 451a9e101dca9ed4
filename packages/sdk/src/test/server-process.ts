import { type ChildProcess, spawn } from 'node:child_process'

const readyLine = 'Ready to accept connections'
const stopLimitMs = 10_000

/** A server in a process of its own. */
export interface ServerProcess {
  readonly pid: number
  /** What it wrote to its log so far. */
  log(): string
  /** Whether it has ended. */
  ended(): boolean
  /** Waits until it has ended by itself, and kills it where it does not. */
  end(): Promise<void>
  /** Asks it to end with a signal and waits until it has. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

/**
 * Starts a program and waits until it says that it is ready.
 * @throws Error with what it logged, where it ends before or takes too long
 */
export const startProcess = async (
  command: readonly string[],
  folder: string,
  startLimitMs: number,
): Promise<ServerProcess> => {
  const child = spawn(command[0] as string, command.slice(1), {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // A suite that fails half-way must not leave its server running.
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  let log = ''
  const hear = (chunk: Buffer): void => {
    log += chunk.toString('utf8')
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  const exited = new Promise<void>((resolve) => {
    child.once('close', () => {
      process.removeListener('exit', kill)
      resolve()
    })
  })
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null
  const end = async (): Promise<void> => {
    const timer = setTimeout(kill, stopLimitMs)
    await exited
    clearTimeout(timer)
  }
  const stop = (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    child.kill(signal)
    return end()
  }
  try {
    await ready(child, () => log, startLimitMs)
  } catch (error) {
    if (child.pid !== undefined) await stop('SIGKILL')
    throw error
  }
  return { pid: child.pid as number, log: () => log, ended, end, stop }
}

const ready = (child: ChildProcess, log: () => string, startLimitMs: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const settle = (failure?: string): void => {
      clearTimeout(timer)
      child.stdout?.removeListener('data', look)
      if (failure === undefined) resolve()
      else reject(new Error(`the server did not start: ${failure}\n${log()}`))
    }
    const look = (): void => {
      if (log().includes(readyLine)) settle()
    }
    const timer = setTimeout(() => settle(`not ready after ${startLimitMs} ms`), startLimitMs)
    child.stdout?.on('data', look)
    child.once('error', (error) => settle(error.message))
    child.once('close', (code, signal) => settle(`it ended with ${signal ?? `status ${code}`}`))
  })
