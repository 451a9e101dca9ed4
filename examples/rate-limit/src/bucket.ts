import { defineDataType } from '@modis/sdk'

/** What is kept of a bucket: when it will be full, in milliseconds since 1970. */
export interface Bucket {
  fullAtMs: number
}

/** Buckets are saved with the data of the server: a limit holds across a restart. */
export const bucketType = defineDataType<Bucket>({
  name: 'ratelimit',
  encodingVersion: 0,
  save: (io, bucket) => io.double(bucket.fullAtMs),
  load: (io) => ({ fullAtMs: io.double() }),
  memoryUsage: () => 16,
  copy: (bucket) => ({ ...bucket }),
  digest: (digest, bucket) => digest.add(String(bucket.fullAtMs)),
})
