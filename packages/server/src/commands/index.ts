import type { Module } from '@modis/sdk'
import { stringFamily } from './string.ts'

/** The built-in command families, in the order COMMAND lists them. */
export const families: readonly Module[] = [stringFamily]
