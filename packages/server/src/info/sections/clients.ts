import type { InfoSectionDefinition } from '../section.ts'

export const clientsSection: InfoSectionDefinition = {
  name: 'clients',
  title: 'Clients',
  isDefault: true,
  fields: ({ clients, config, blocking, tracking }) => {
    let largestInput = 0
    let largestOutput = 0
    for (const { link } of clients.values()) {
      largestInput = Math.max(largestInput, link?.queryBufferBytes ?? 0)
      largestOutput = Math.max(largestOutput, link?.pendingBytes ?? 0)
    }
    // Not those that stand for a call of a module.
    const blocked = [...blocking.clients].filter(({ isInternal }) => !isInternal)
    return [
      ['connected_clients', clients.count],
      ['cluster_connections', 0],
      ['maxclients', config.integer('maxclients')],
      ['client_recent_max_input_buffer', largestInput],
      ['client_recent_max_output_buffer', largestOutput],
      ['blocked_clients', blocked.length],
      ['tracking_clients', tracking.clientCount],
      ['clients_in_timeout_table', blocked.filter((client) => client.blocked?.timer !== undefined).length],
      ['total_blocking_keys', blocking.keyCount],
      ['total_blocking_keys_on_nokey', 0],
    ]
  },
}
