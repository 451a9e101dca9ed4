#!/usr/bin/env node
import { runServer } from './cli/run-server.ts'

process.exitCode = await runServer(process.argv.slice(2))
