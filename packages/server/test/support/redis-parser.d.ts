declare module 'redis-parser' {
  interface Options {
    returnBuffers?: boolean
    stringNumbers?: boolean
    returnReply(reply: unknown): void
    returnError(error: Error): void
    returnFatalError?(error: Error): void
  }
  export default class Parser {
    constructor(options: Options)
    execute(chunk: Buffer): void
  }
}
