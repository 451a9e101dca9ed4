import type { Module } from '@modis/sdk'
import { aclFamily } from './acl/index.ts'
import { commandFamily } from './command/index.ts'
import { configFamily } from './config.ts'
import { connectionFamily } from './connection.ts'
import { databasesFamily } from './databases.ts'
import { debugFamily } from './debug/index.ts'
import { genericFamily } from './generic/index.ts'
import { hashFamily } from './hash/index.ts'
import { listFamily } from './list/index.ts'
import { moduleFamily } from './module.ts'
import { persistenceFamily } from './persistence.ts'
import { pubsubFamily } from './pubsub.ts'
import { serverFamily } from './server/index.ts'
import { setFamily } from './set/index.ts'
import { stringFamily } from './string/index.ts'
import { transactionFamily } from './transaction.ts'
import { zsetFamily } from './zset/index.ts'

/** The built-in command families, in the order COMMAND lists them. */
export const families: readonly Module[] = [
  genericFamily,
  stringFamily,
  hashFamily,
  setFamily,
  listFamily,
  zsetFamily,
  databasesFamily,
  moduleFamily,
  persistenceFamily,
  connectionFamily,
  aclFamily,
  transactionFamily,
  pubsubFamily,
  configFamily,
  commandFamily,
  serverFamily,
  debugFamily,
]
