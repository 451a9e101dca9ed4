import { appendFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Config } from '../config/config.ts'
import { ConfigError } from '../config/config-error.ts'
import { type FoundConfig, findConfig } from '../config/discover.ts'
import { openLog } from '../log.ts'
import { Server } from '../server.ts'
import { redisVersion, version } from '../version.ts'
import { parseCommandLine } from './arguments.ts'
import { helpText, versionText } from './help.ts'
import { lowerHelperThreads } from './helper-threads.ts'
import { followErrors, followSignals, followTitle, goToBackground, writePidFile } from './process.ts'
import { Supervision, supervisorOf } from './supervision.ts'

/**
 * Does what a command line asks for.
 * @returns the exit status where the process is to end; undefined while the server serves
 */
export async function runServer(args: readonly string[]): Promise<number | undefined> {
  try {
    const command = parseCommandLine(args)
    if (command.mode !== 'server') {
      process.stdout.write(command.mode === 'help' ? helpText() : versionText)
      return 0
    }
    const found = await findConfig(command.file)
    const config = new Config([...found.settings, ...command.settings])
    config.file = found.file === undefined || found.file === '-' ? undefined : resolve(found.file)
    config.isFileRewritable = found.rewritable
    checkLogFile(config)
    // A supervisor wants the very process that it has started.
    const goes = config.boolean('daemonize') && supervisorOf(config) === 'no'
    if (goes && (await goToBackground(standardInput(found)))) return 0
    return await serve(config, found)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(configErrorText(error))
    return 1
  }
}

/** What was read from the standard input, which can be read once only. */
function standardInput({ file, settings }: FoundConfig): string | undefined {
  return file === '-' ? settings.map(({ source }) => `${source.text}\n`).join('') : undefined
}

/** The words redis-server begins with; the last line says everything that is needed to put it right. */
function configErrorText(error: ConfigError): string {
  const { line, text } = error.source
  const place = line === undefined ? '' : `Reading the configuration file, at line ${line}\n>>> '${text}'\n`
  return `\n*** FATAL CONFIG FILE ERROR (Modis ${version}) ***\n${place}${error.message}\n`
}

function checkLogFile(config: Config): void {
  const path = config.text('logfile')
  try {
    if (path !== '') appendFileSync(path, '')
  } catch (error) {
    throw new ConfigError(`Can't open the log file: ${(error as Error).message}`, { from: path }, 'logfile')
  }
}

async function serve(config: Config, found: FoundConfig): Promise<number | undefined> {
  lowerHelperThreads()
  const log = openLog(config.text('logfile'))
  let server: Server | undefined
  followErrors(log, (error) => server?.modules.blame(error))
  log.notice('oO0OoO0OoO0Oo Modis is starting oO0OoO0OoO0Oo')
  log.notice(
    `Modis version=${version}, redis=${redisVersion}, node=${process.versions.node}, PID: ${process.pid}, just started`,
  )
  log.notice(
    found.file === undefined
      ? 'No configuration file: the defaults and the command line hold'
      : `Configuration loaded from ${found.file}`,
  )
  server = new Server(config, log)
  server.supervisor = supervisorOf(config)
  const supervision = await Supervision.begin(server.supervisor, config, log)
  server.events.on('shutdown', () => supervision.stopping())
  if (config.text('pidfile') !== '') writePidFile(config.text('pidfile'), log)
  followSignals(server)
  server.onEnded = () => process.exit(0)
  try {
    await server.start()
  } catch (error) {
    log.warning(`Fatal error, can't start: ${error instanceof Error ? error.message : error}`)
    await server.close()
    return 1
  }
  if (config.boolean('set-proc-title')) followTitle(server)
  supervision.ready()
  return undefined
}
