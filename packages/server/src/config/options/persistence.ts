import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { saveRules } from '../words-options.ts'
import {
  boolean,
  fileName,
  inSection,
  integer,
  MAX_INT,
  oneof,
  string,
  withoutEffect,
  words,
} from './builders.ts'

/** Where nothing could be saved later, the server does not start. @throws RangeError with the system's words */
function existingFolder(path: string): string {
  const folder = resolve(path)
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (stats === undefined) throw new RangeError('No such file or directory')
  if (!stats.isDirectory()) throw new RangeError('Not a directory')
  return folder
}

export const persistenceOptions = inSection('persistence', [
  words(
    'save',
    '3600 1 300 100 60 10000',
    saveRules,
    'Saves the data after so many seconds if there were so many changes; several pairs are several points.',
  ),
  string('dir', './', 'Folder of the RDB file.', {
    allowed: 'the path of a folder',
    protected: true,
    deniedWhileLoading: true,
    normalize: existingFolder,
  }),
  string('dbfilename', 'dump.rdb', 'Name of the RDB file.', {
    protected: true,
    ...fileName('dbfilename', 'filename', true),
  }),
  boolean('rdbcompression', true, 'Compresses long strings in the RDB file.'),
  boolean('rdbchecksum', true, 'Ends the RDB file with a checksum, and checks it.', { immutable: true }),
  integer(
    'rdb-version',
    11,
    [10, 11],
    'Version of the format that is written: 11 as Redis 7.2, or 10, which Redis 7.0 reads too.',
  ),
  boolean('stop-writes-on-bgsave-error', true, 'Refuses writes after a save has failed.'),
  integer(
    'loading-process-events-interval-bytes',
    2 << 20,
    [1024, MAX_INT],
    'Bytes of a file that are loaded between two looks at the clients.',
    { hidden: true },
  ),
  ...withoutEffect([
    oneof(
      'sanitize-dump-payload',
      'no',
      ['no', 'yes', 'clients'],
      'Checks all of a value that RESTORE brings; it always is.',
    ),
    boolean('rdb-del-sync-files', false, 'Deletes RDB files of replication.'),
    boolean('rdb-save-incremental-fsync', true, 'Flushes the RDB file as it grows.'),
    integer('rdb-key-save-delay', 0, [-MAX_INT, MAX_INT], 'Slows saving down, for tests.', { hidden: true }),
    integer('key-load-delay', 0, [-MAX_INT, MAX_INT], 'Slows loading down, for tests.', { hidden: true }),
  ]),
])
