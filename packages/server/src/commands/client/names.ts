import { CommandError } from '@modis/sdk'
import type { Client } from '../../client/client.ts'

const FIRST_PRINTABLE = 0x21
const LAST_PRINTABLE = 0x7e

const badName = new CommandError('Client names cannot contain spaces, newlines or special characters.')

/** Whether bytes can stand in a line of CLIENT LIST without tearing it apart. */
export function isPlain(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= FIRST_PRINTABLE && byte <= LAST_PRINTABLE)
}

/**
 * Gives a client a name; an empty one takes it away.
 * @throws CommandError where the name has bytes other than printable ASCII without the space
 */
export function setClientName(client: Client, name: Buffer): void {
  if (!isPlain(name)) throw badName
  client.name = name.toString('latin1')
}
