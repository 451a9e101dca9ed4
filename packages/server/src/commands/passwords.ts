import { createHash, timingSafeEqual } from 'node:crypto'
import { bytesOf } from '../protocol/lossless-text.ts'
import type { Server } from '../server.ts'

/**
 * Whether a user may log in with a password. There is one user, `default`, whose password is `requirepass`; without
 * one, any password will do, as in Redis.
 */
export function authenticate(server: Server, user: Uint8Array, password: Uint8Array): boolean {
  if (Buffer.from(user).toString('latin1') !== 'default') return false
  if (!server.requiresPassword) return true
  // Digests have one length, so that the time of the comparison tells nothing.
  return timingSafeEqual(digest(password), digest(bytesOf(server.config.text('requirepass'))))
}

function digest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
