import type { Client } from './client.ts'

/** Bytes that a client's own bookkeeping takes, roughly. */
const CLIENT_BYTES = 1024
/** Bytes that one key watched, or one channel subscribed to, takes beside its name, roughly. */
const INTEREST_BYTES = 64

/** Memory that a client takes: what it has sent and not been served, what it has not read yet, and what it follows. */
export function clientMemory(client: Client): number {
  const { link, transaction, watched } = client
  const buffers = (link?.queryBufferBytes ?? 0) + (link?.pendingBytes ?? 0)
  const interests = client.subscriptionCount + (watched?.size ?? 0)
  return CLIENT_BYTES + buffers + (transaction?.queuedBytes ?? 0) + interests * INTEREST_BYTES
}
