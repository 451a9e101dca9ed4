import type { Database } from '../../../keyspace/database.ts'
import type { Entry } from '../../../keyspace/entry.ts'
import { Encoding } from '../../../keyspace/entry-layout.ts'
import type { LargeString } from '../../../keyspace/objects.ts'
import { textEncoding } from '../../../keyspace/types/string.ts'
import type { RdbReader } from '../rdb-reader.ts'
import type { RdbWriter } from '../rdb-writer.ts'
import type { LoadedValue } from './loaded-value.ts'

export function writeString(writer: RdbWriter, entry: Entry): void {
  if (entry.encoding === Encoding.object) {
    const large = entry.object<LargeString>()
    writer.string(large.bytes, 0, large.length)
  } else writer.string(entry.bytes, entry.start, entry.start + entry.length)
}

export function readString(reader: RdbReader, database: Database): LoadedValue {
  const bytes = reader.string()
  return {
    store(key, expiry) {
      const encoding = textEncoding(bytes, 0, bytes.length)
      database.setString(key, 0, key.length, bytes, 0, bytes.length, encoding, expiry)
      return database.peek(key, 0, key.length) as Entry
    },
    discard() {},
  }
}
