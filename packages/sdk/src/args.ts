/**
 * The arguments of one command, read lazily from the bytes the client sent.
 *
 * Position 0 is the command's name. A view is valid until the command has its reply, after an await as well: keep
 * what must outlive it with {@link Args.bytes} or {@link Args.string}, which copy.
 */
export interface Args {
  /** Number of arguments, the command's name included. */
  readonly count: number
  /**
   * The memory the arguments lie in; pair with {@link Args.start} and {@link Args.end} to read without a copy. All three
   * change when the handler first awaits.
   */
  readonly buffer: Buffer
  /** Offset in `buffer` of the first byte of argument `index`. */
  start(index: number): number
  /** Offset in `buffer` one past the last byte of argument `index`. */
  end(index: number): number
  /** Length in bytes of argument `index`. */
  length(index: number): number
  /** A copy of argument `index`. */
  bytes(index: number): Buffer
  /** Argument `index` decoded as UTF-8. */
  string(index: number): string
  /** Whether argument `index` is `token`, ASCII letters compared without case; `token` is given in upper case. */
  equals(index: number, token: string): boolean
  /**
   * Argument `index` as an integer within ±(2^53 − 1).
   * @throws CommandError `ERR value is not an integer or out of range`
   */
  integer(index: number): number
  /**
   * Argument `index` as a signed 64-bit integer.
   * @throws CommandError `ERR value is not an integer or out of range`
   */
  integer64(index: number): bigint
  /**
   * Argument `index` as a double, with Redis's rules (`inf` is allowed, `nan` is not).
   * @throws CommandError `ERR value is not a valid float`
   */
  double(index: number): number
}
