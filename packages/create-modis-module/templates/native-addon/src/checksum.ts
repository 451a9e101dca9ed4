import { loadNative } from '@modis/sdk'

/** What src/addon.c exports. */
interface Addon {
  checksum(bytes: Buffer): number
}

const addon = loadNative.optional<Addon>(import.meta.url)

/** Which of the two loops is running. */
export const engine = addon === undefined ? 'javascript' : 'native'

/** The 32-bit FNV-1a checksum of some bytes. */
export const checksum = addon === undefined ? checksumInJavaScript : addon.checksum

/** The same as src/addon.c, for machines that have no build of it. */
export function checksumInJavaScript(bytes: Buffer): number {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
