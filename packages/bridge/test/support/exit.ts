// Ends the process while a thread of a module takes the lock all the time. An argument of `exit` ends
// it in the middle of a call from that thread, `drain` by having nothing left to do.

import { compile, load } from './load.ts'
import { MemoryHost } from './memory-host.ts'

const host = new MemoryHost()
load(host, compile('threads'))
const client = host.connect()
await host.send(client, 'threads.restless')
if (process.argv[2] === 'exit') setTimeout(() => process.exit(7), 50)
