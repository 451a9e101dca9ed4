import type { Pair } from './pair.ts'
import type { RawClient } from './raw-client.ts'
import { textOf, type Value } from './resp.ts'
import { until } from './until.ts'

/** Waits until so many clients of a server wait in commands that block. */
export async function untilBlocked(client: RawClient, count: number): Promise<void> {
  await until(`${count} clients to wait`, async () => (await blockedClients(client)) === count)
}

/** As {@link untilBlocked} for both servers of a pair. */
export async function untilBothBlocked(pair: Pair, count: number): Promise<void> {
  await Promise.all([untilBlocked(pair.modis, count), untilBlocked(pair.redis, count)])
}

/** Waits until a client, known by its CLIENT ID, waits in a command that blocks. */
export async function untilWaits(control: RawClient, id: Value): Promise<void> {
  await until(`client ${id} to wait`, async () => {
    const shown = textOf(await control.call('CLIENT', 'LIST', 'ID', Number(id)))
    return / flags=\S*b/.test(shown)
  })
}

async function blockedClients(client: RawClient): Promise<number> {
  return Number(/^blocked_clients:(\d+)\r$/m.exec(textOf(await client.call('INFO', 'clients')))?.[1])
}
