import { replicaOfRules } from '../words-options.ts'
import {
  boolean,
  fileName,
  inSection,
  integer,
  MAX_INT,
  MAX_LONG,
  memory,
  oneof,
  onlyEmpty,
  string,
  withoutEffect,
  words,
} from './builders.ts'

// What belongs to parts of Redis that Modis does not have. Files of Redis name these options, so they are accepted
// with any value that asks for nothing.

export const replicationOptions = inSection('replication', [
  ...withoutEffect([
    words('replicaof', '', replicaOfRules, 'Server to replicate from.', {
      alias: 'slaveof',
      immutable: true,
    }),
    string('masterauth', '', 'Password of the master.', { sensitive: true }),
    string('masteruser', '', 'User of the master.', { sensitive: true }),
    boolean('replica-serve-stale-data', true, 'Serves while the master is away.', {
      alias: 'slave-serve-stale-data',
    }),
    boolean('replica-read-only', true, 'Refuses writes on a replica.', { alias: 'slave-read-only' }),
    boolean('replica-lazy-flush', false, 'Flushes in the background.', { alias: 'slave-lazy-flush' }),
    boolean('replica-ignore-maxmemory', true, 'Evicts nothing on a replica.', {
      alias: 'slave-ignore-maxmemory',
    }),
    boolean('replica-announced', true, 'Shown by sentinels.'),
    boolean('replica-ignore-disk-write-errors', false, 'Goes on after a failed save.'),
    integer('replica-priority', 100, [0, MAX_INT], 'Order of failover.', { alias: 'slave-priority' }),
    string('replica-announce-ip', '', 'Address told to the master.', { alias: 'slave-announce-ip' }),
    integer('replica-announce-port', 0, [0, 65535], 'Port told to the master.', {
      alias: 'slave-announce-port',
    }),
    boolean('repl-disable-tcp-nodelay', false, 'Sends fewer packets.'),
    boolean('repl-diskless-sync', true, 'Sends the data without a file.'),
    integer('repl-diskless-sync-delay', 5, [0, MAX_INT], 'Seconds to wait for more replicas.'),
    integer('repl-diskless-sync-max-replicas', 0, [0, MAX_INT], 'Replicas not to wait longer for.'),
    oneof('repl-diskless-load', 'disabled', ['disabled', 'on-empty-db', 'swapdb'], 'Loads without a file.'),
    integer('repl-ping-replica-period', 10, [1, MAX_INT], 'Seconds between pings.', {
      alias: 'repl-ping-slave-period',
    }),
    integer('repl-timeout', 60, [1, MAX_INT], 'Seconds until a link is lost.'),
    memory('repl-backlog-size', 1024 ** 2, [1, MAX_LONG], 'Bytes kept for replicas that return.'),
    integer('repl-backlog-ttl', 3600, [0, MAX_LONG], 'Seconds they are kept.'),
    integer('min-replicas-to-write', 0, [0, 0], 'Replicas without which writes are refused.', {
      alias: 'min-slaves-to-write',
    }),
    integer('min-replicas-max-lag', 10, [0, MAX_INT], 'Seconds a replica may lag.', {
      alias: 'min-slaves-max-lag',
    }),
    oneof(
      'propagation-error-behavior',
      'ignore',
      ['ignore', 'panic', 'panic-on-replicas'],
      'What an error of a replicated command does.',
    ),
  ]),
])

export const appendOnlyOptions = inSection('append-only file', [
  ...withoutEffect([
    boolean('appendonly', false, 'Keeps an append-only file.', { only: false, deniedWhileLoading: true }),
    string('appendfilename', 'appendonly.aof', 'Name of its files.', {
      immutable: true,
      ...fileName('appendfilename', 'filename', false),
    }),
    string('appenddirname', 'appendonlydir', 'Folder of its files.', {
      immutable: true,
      ...fileName('appenddirname', 'dirname', false),
    }),
    oneof('appendfsync', 'everysec', ['everysec', 'always', 'no'], 'When it is flushed.'),
    boolean('no-appendfsync-on-rewrite', false, 'No flush during a rewrite.'),
    integer('auto-aof-rewrite-percentage', 100, [0, MAX_INT], 'Growth that starts a rewrite.'),
    memory('auto-aof-rewrite-min-size', 64 * 1024 ** 2, [0, MAX_LONG], 'Least size of a rewrite.'),
    boolean('aof-load-truncated', true, 'Loads a file that ends early.'),
    boolean('aof-use-rdb-preamble', true, 'Starts the file with an RDB.'),
    boolean('aof-rewrite-incremental-fsync', true, 'Flushes as it grows.'),
    boolean('aof-timestamp-enabled', false, 'Notes the time.'),
    boolean('aof-disable-auto-gc', false, 'Keeps old files.', { hidden: true }),
  ]),
])

export const clusterOptions = inSection('cluster', [
  ...withoutEffect([
    boolean('cluster-enabled', false, 'Runs as a node of a cluster.', { only: false, immutable: true }),
    string('cluster-config-file', 'nodes.conf', 'File of the cluster’s state.', { immutable: true }),
    integer('cluster-node-timeout', 15000, [0, MAX_LONG], 'Milliseconds until a node is lost.'),
    integer('cluster-ping-interval', 0, [0, MAX_LONG], 'Milliseconds between pings.', { hidden: true }),
    integer('cluster-port', 0, [0, 65535], 'Port of the cluster bus.', { immutable: true }),
    boolean('cluster-require-full-coverage', true, 'Serves only with all slots.'),
    boolean('cluster-replica-no-failover', false, 'Never fails over.', {
      alias: 'cluster-slave-no-failover',
    }),
    integer('cluster-replica-validity-factor', 10, [0, MAX_INT], 'How old a replica’s data may be.', {
      alias: 'cluster-slave-validity-factor',
    }),
    integer('cluster-migration-barrier', 1, [0, MAX_INT], 'Replicas a master keeps.'),
    boolean('cluster-allow-replica-migration', true, 'Lets replicas move.'),
    boolean('cluster-allow-reads-when-down', false, 'Serves reads while down.'),
    boolean('cluster-allow-pubsubshard-when-down', true, 'Serves shard channels while down.'),
    memory('cluster-link-sendbuf-limit', 0, [0, MAX_LONG], 'Bytes that wait for a node.'),
    string('cluster-announce-ip', '', 'Address told to others.'),
    integer('cluster-announce-port', 0, [0, 65535], 'Port told to others.'),
    integer('cluster-announce-tls-port', 0, [0, 65535], 'TLS port told to others.'),
    integer('cluster-announce-bus-port', 0, [0, 65535], 'Bus port told to others.'),
    string('cluster-announce-hostname', '', 'Host name told to others.'),
    string('cluster-announce-human-nodename', '', 'Name told to others.'),
    oneof(
      'cluster-preferred-endpoint-type',
      'ip',
      ['ip', 'hostname', 'unknown-endpoint'],
      'What clients are sent to.',
    ),
  ]),
])

const noTls = onlyEmpty('TLS is not part of this version')

export const tlsOptions = inSection('tls', [
  ...withoutEffect([
    integer('tls-port', 0, [0, 0], 'Port for TLS; there is none.'),
    boolean('tls-cluster', false, 'TLS between nodes.', { only: false }),
    boolean('tls-replication', false, 'TLS to the master.', { only: false }),
    oneof('tls-auth-clients', 'yes', ['no', 'yes', 'optional'], 'Asks clients for certificates.'),
    boolean('tls-prefer-server-ciphers', false, 'The server’s order of ciphers.'),
    boolean('tls-session-caching', true, 'Keeps sessions.'),
    integer('tls-session-cache-size', 20 * 1024, [0, MAX_INT], 'Sessions kept.'),
    integer('tls-session-cache-timeout', 300, [0, MAX_INT], 'Seconds they are kept.'),
    string('tls-cert-file', '', 'Certificate.', noTls),
    string('tls-key-file', '', 'Its key.', noTls),
    string('tls-key-file-pass', '', 'Its password.', noTls),
    string('tls-client-cert-file', '', 'Certificate as a client.', noTls),
    string('tls-client-key-file', '', 'Its key.', noTls),
    string('tls-client-key-file-pass', '', 'Its password.', noTls),
    string('tls-dh-params-file', '', 'Diffie-Hellman parameters.', noTls),
    string('tls-ca-cert-file', '', 'Authorities.', noTls),
    string('tls-ca-cert-dir', '', 'Folder of authorities.', noTls),
    string('tls-protocols', '', 'Protocol versions.'),
    string('tls-ciphers', '', 'Ciphers up to TLS 1.2.'),
    string('tls-ciphersuites', '', 'Ciphers of TLS 1.3.'),
  ]),
])
