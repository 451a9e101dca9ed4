// Loads the threads module and runs the command given as argument: for crashes on purpose.

import { compile, load } from './load.ts'
import { MemoryHost } from './memory-host.ts'

const host = new MemoryHost()
load(host, compile('threads'))
host.send(host.connect(), process.argv[2])
