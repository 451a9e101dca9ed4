import type { Module } from '@modis/sdk'
import { hashFamily } from './hash/index.ts'
import { listFamily } from './list/index.ts'
import { persistenceFamily } from './persistence.ts'
import { setFamily } from './set/index.ts'
import { stringFamily } from './string/index.ts'
import { zsetFamily } from './zset/index.ts'

/** The built-in command families, in the order COMMAND lists them. */
export const families: readonly Module[] = [stringFamily, hashFamily, setFamily, listFamily, zsetFamily, persistenceFamily]
