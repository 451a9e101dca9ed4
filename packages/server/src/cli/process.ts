import { spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import type { Log } from '../log.ts'
import type { Server } from '../server.ts'
import { shutDown } from '../shutdown.ts'

/** Tells a process that it is the one in the background already. */
const IN_BACKGROUND = 'MODIS_IN_BACKGROUND'

/**
 * Starts this very program again in the background; false where this is the one in the background.
 * @param input what the other is to read from its standard input; nothing unless given
 */
export async function goToBackground(input?: string): Promise<boolean> {
  if (process.env[IN_BACKGROUND] !== undefined) return false
  const args = [...process.execArgv, ...process.argv.slice(1)]
  const env = { ...process.env, [IN_BACKGROUND]: '1' }
  const child = spawn(process.execPath, args, { detached: true, stdio: ['pipe', 'ignore', 'ignore'], env })
  child.unref()
  await new Promise<void>((resolve) => child.stdin.on('error', () => resolve()).end(input, 'latin1', resolve))
  return true
}

/** Writes the process id to `path`, until the process ends. */
export function writePidFile(path: string, log: Log): void {
  try {
    writeFileSync(path, `${process.pid}\n`)
  } catch (error) {
    log.warning(`Failed to write PID file: ${(error as Error).message}`)
    return
  }
  process.once('exit', () => rmSync(path, { force: true }))
}

/** Shows in the title of the process what the configuration wants there. */
export function followTitle(server: Server): void {
  const { config, listeners } = server
  config.follow(['proc-title-template', 'port', 'bind'], () => {
    const host = (config.words('bind')[0] ?? '').replace(/^-/, '')
    const values: Readonly<Record<string, string>> = {
      title: 'modis',
      'listen-addr': listeners.port === 0 ? (listeners.path ?? '') : `${host}:${listeners.port}`,
      'server-mode': '',
      port: String(listeners.port),
      'tls-port': '0',
      unixsocket: listeners.path ?? '',
      'config-file': config.file ?? '',
    }
    const template = config.text('proc-title-template')
    process.title = template.replace(/\{([\w-]+)\}/g, (_all, name: string) => values[name] ?? '').trim()
  })
}

/**
 * Has signals shut the server down as the configuration says. A second SIGINT ends the process at once; whoever manages
 * processes may send SIGTERM as often as they like.
 */
export function followSignals(server: Server): void {
  const { config, log, persistence } = server
  let isEnding = false
  const end = (signal: 'SIGTERM' | 'SIGINT'): void => {
    if (isEnding) {
      if (signal !== 'SIGINT') return
      log.warning('You insist... exiting now.')
      persistence.abandon()
      process.exit(1)
    }
    isEnding = true
    log.notice(`Received ${signal} scheduling shutdown...`)
    const words = new Set(config.words(`shutdown-on-${signal.toLowerCase()}`))
    void shutDown(server, words, interruptible).then((ended) => {
      if (ended) return
      log.warning(
        `${signal} received but errors trying to shut down the server, check the logs for more information`,
      )
      isEnding = false
    })
  }
  // While the data is saved nothing here hears of a signal: the system has to end the process then.
  const interruptible = (save: () => void): void => {
    process.off('SIGINT', end)
    try {
      save()
    } finally {
      process.on('SIGINT', end)
    }
  }
  const listen = (): void => {
    process.on('SIGTERM', end)
    process.on('SIGINT', end)
  }
  listen()
  // While data is loaded nothing is heard either, and there is nothing to save yet.
  server.events.on('loading-start', () => {
    process.off('SIGTERM', end)
    process.off('SIGINT', end)
  })
  server.events.on('loading-end', listen)
  server.events.on('loading-failed', listen)
  // The end of a terminal is not the end of a server.
  process.on('SIGHUP', () => {})
}

/**
 * Deals with what nobody caught. A promise that nobody waited for fails alone, and so does what a module threw in a
 * callback of its own; after any other error thrown out of the event loop nothing can be relied on, so the process ends,
 * and the data comes back from what was saved.
 * @param blame tells the module an error is from, having counted it, or undefined
 */
export function followErrors(log: Log, blame: (error: unknown) => string | undefined): void {
  process.on('unhandledRejection', (reason) => {
    const module = blame(reason)
    const whose = module === undefined ? '' : ` of module '${module}'`
    log.warning(`Unhandled rejection${whose}: ${textOf(reason)}`)
  })
  process.on('uncaughtException', (error) => {
    const module = blame(error)
    if (module !== undefined) {
      log.warning(`Module '${module}' threw in a callback of its own: ${textOf(error)}`)
      return
    }
    log.warning(`=== MODIS BUG REPORT START: the process ends ===\n${textOf(error)}`)
    process.exit(1)
  })
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
