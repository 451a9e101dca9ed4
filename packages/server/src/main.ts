#!/usr/bin/env node
import { runServer } from './cli/run-server.ts'

const status = await runServer(process.argv.slice(2))
if (status !== undefined) process.exit(status)
