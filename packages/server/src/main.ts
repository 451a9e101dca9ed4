import { Config } from './config/config.ts'
import { Log } from './log.ts'
import { Server } from './server.ts'

const given: Record<string, number | string> = {}
for (let i = 2; i + 1 < process.argv.length; i += 2) {
  const value = process.argv[i + 1] as string
  given[(process.argv[i] as string).replace(/^--/, '')] = /^-?\d+$/.test(value) ? Number(value) : value
}
const server = new Server(new Config(given), new Log((line) => process.stdout.write(line)))
await server.listen()
server.log.notice('Ready to accept connections')
