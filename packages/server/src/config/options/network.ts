import { bindRules } from '../words-options.ts'
import { boolean, inSection, integer, MAX_INT, string, withoutEffect, words } from './builders.ts'

export const networkOptions = inSection('network', [
  integer('port', 6379, [0, 65535], 'TCP port to listen at; 0 for none.'),
  words('bind', '* -::*', bindRules, 'Addresses to listen at.'),
  string('unixsocket', '', 'Path of a unix socket to listen at as well; empty for none.', {
    immutable: true,
  }),
  integer('unixsocketperm', 0, [0, 0o777], 'Permissions of the unix socket; 0 leaves what the umask gives.', {
    immutable: true,
    format: 'octal',
  }),
  integer('tcp-backlog', 511, [0, MAX_INT], 'Connections the system keeps waiting to be accepted.', {
    immutable: true,
  }),
  integer('tcp-keepalive', 300, [0, MAX_INT], 'Seconds between probes of a silent connection; 0 for none.'),
  integer('timeout', 0, [0, MAX_INT], 'Seconds after which an idle client is disconnected; 0 for never.'),
  boolean(
    'protected-mode',
    true,
    'Refuses connections from other machines while no password is set and every address is listened at.',
  ),
  ...withoutEffect([
    string('bind-source-addr', '', 'Address that outgoing connections come from.'),
    integer('socket-mark-id', 0, [0, 2 ** 32 - 1], 'Mark of packets for the firewall.', { immutable: true }),
  ]),
])
