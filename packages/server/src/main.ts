import { Config } from './config/config.ts'
import { Log } from './log.ts'
import { Server } from './server.ts'

const server = new Server(new Config({ port: Number(process.argv[2] ?? 6379) }), new Log((line) => process.stdout.write(line)))
await server.listen()
server.log.notice('Ready to accept connections')
