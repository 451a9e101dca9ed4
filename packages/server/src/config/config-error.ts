import { CommandError } from '@modis/sdk'

/** Where a setting was given. */
export interface SettingSource {
  /** Path of the file, or what stands for it: `the command line`, `the options of createServer`. */
  readonly from: string
  /** Line of the file, from 1. */
  readonly line?: number
  /** The line as it stands there. */
  readonly text?: string
}

/** One option with its words as a file or the command line gives them. */
export interface Setting {
  readonly name: string
  readonly words: readonly string[]
  readonly source: SettingSource
}

/** A setting that stops the start: says where it stands, which option it is, and what is allowed. */
export class ConfigError extends Error {
  readonly source: SettingSource
  /** Name of the option, where one could be made out. */
  readonly option: string | undefined

  constructor(reason: string, source: SettingSource, option?: string, allowed?: string) {
    const place = source.line === undefined ? source.from : `${source.from}, line ${source.line}`
    const subject = option === undefined ? '' : `'${option}': `
    super(`${place}: ${subject}${reason}${allowed === undefined ? '' : ` (allowed: ${allowed})`}`)
    this.name = 'ConfigError'
    this.source = source
    this.option = option
  }
}

/** A CONFIG SET that was refused; `code` and `message` are the reply. */
export class ConfigSetError extends CommandError {
  constructor(message: string, code = 'ERR') {
    super(message, code)
    this.name = 'ConfigSetError'
  }
}
