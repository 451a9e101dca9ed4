import { connectTo } from '../support/sockets.ts'

const PIPELINE = 500

/**
 * Sets `count` keys of 16 bytes to values of 32 bytes, numbered from `first`, at most `perSecond` of them a second.
 * The requests are built by hand because a client's bookkeeping would cost more than the server under test.
 */
export async function loadKeys(
  port: number,
  first: number,
  count: number,
  perSecond = Number.POSITIVE_INFINITY,
): Promise<void> {
  const socket = await connectTo(port)
  const request = Buffer.from(
    '*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000000\r\n$32\r\nvalue-00000000000000000000000000\r\n',
  )
  const keyAt = request.indexOf('key:') + 4
  const batch = Buffer.alloc(request.length * PIPELINE)
  for (let i = 0; i < PIPELINE; i++) request.copy(batch, i * request.length)
  const started = performance.now()
  for (let sent = 0; sent < count; sent += PIPELINE) {
    const size = Math.min(PIPELINE, count - sent)
    for (let i = 0; i < size; i++) {
      batch.write(String(first + sent + i).padStart(12, '0'), i * request.length + keyAt, 'latin1')
    }
    const replies = size * '+OK\r\n'.length
    await new Promise<void>((resolve, reject) => {
      let received = 0
      const hear = (chunk: Buffer): void => {
        if (chunk[0] === 0x2d) reject(new Error(chunk.toString('latin1')))
        received += chunk.length
        if (received < replies) return
        socket.off('data', hear)
        resolve()
      }
      socket.on('data', hear)
      socket.write(batch.subarray(0, size * request.length))
    })
    const aheadMs = ((sent + size) / perSecond) * 1000 - (performance.now() - started)
    if (aheadMs > 1) await new Promise((resolve) => setTimeout(resolve, aheadMs))
  }
  socket.destroy()
}
