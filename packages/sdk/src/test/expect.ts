const pollMs = 10

/**
 * Waits for a promise to be rejected and returns the error, which must match: its message a pattern or substring.
 * @throws Error where the promise is fulfilled, or is rejected with another message
 */
export const rejects = async (promise: Promise<unknown>, expected: RegExp | string = ''): Promise<Error> => {
  let value: unknown
  try {
    value = await promise
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const matches = typeof expected === 'string' ? message.includes(expected) : expected.test(message)
    if (!matches) throw new Error(`expected an error matching ${expected}, got: ${message}`)
    return error as Error
  }
  throw new Error(`expected an error matching ${expected}, got the value ${show(value)}`)
}

/**
 * Repeats `attempt` until it does not throw, and returns its result; for what happens in its own time.
 * @throws what `attempt` threw last, after `timeoutMs` milliseconds
 */
export const eventually = async <Result>(
  attempt: () => Result | Promise<Result>,
  timeoutMs = 5000,
): Promise<Result> => {
  for (const deadline = Date.now() + timeoutMs; ; ) {
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() >= deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, pollMs))
    }
  }
}

const show = (value: unknown): string => {
  try {
    return (
      JSON.stringify(value, (_key, each) => (typeof each === 'bigint' ? `${each}n` : each)) ?? 'undefined'
    )
  } catch {
    return String(value)
  }
}
