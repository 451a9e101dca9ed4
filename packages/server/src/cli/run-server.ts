import { Config } from '../config/config.ts'
import { ConfigError } from '../config/config-error.ts'
import { findConfig } from '../config/discover.ts'
import { openLog } from '../log.ts'
import { Server } from '../server.ts'
import { redisVersion, version } from '../version.ts'
import { parseCommandLine } from './arguments.ts'

/** Runs what the command line asks for; resolves with the exit status, or 0 once the server serves. */
export async function runServer(args: readonly string[]): Promise<number> {
  let config: Config
  try {
    const command = parseCommandLine(args)
    if (command.mode !== 'server') return 0
    const found = await findConfig(command.file)
    config = new Config([...found.settings, ...command.settings])
    if (found.rewritable) config.file = found.file
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`\n*** FATAL CONFIG FILE ERROR (Modis ${version}) ***\n${error.message}\n`)
    return 1
  }
  const log = openLog(config.text('logfile'))
  log.notice('oO0OoO0OoO0Oo Modis is starting oO0OoO0OoO0Oo')
  log.notice(`Modis version=${version}, redis=${redisVersion}, PID: ${process.pid}, just started`)
  const server = new Server(config, log)
  log.notice('Server initialized')
  try {
    await server.start()
  } catch (error) {
    log.warning(`Fatal error, can't start: ${error instanceof Error ? error.message : error}`)
    await server.close()
    return 1
  }
  log.notice(`Ready to accept connections tcp port=${server.listeners.port}`)
  return 0
}
