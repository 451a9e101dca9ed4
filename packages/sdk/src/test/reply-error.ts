/** An error reply; `message` is its whole text, the code included. */
export class ReplyError extends Error {
  /** The first word, such as `ERR` or `WRONGTYPE`. */
  readonly code: string

  constructor(text: string) {
    super(text)
    this.name = 'ReplyError'
    this.code = text.split(' ', 1)[0] as string
  }
}
