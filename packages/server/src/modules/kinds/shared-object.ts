import type { Kind } from './kind.ts'
import { openLibrary } from './library.ts'
import { openRedisModule } from './redis-module/index.ts'

/** A Redis module binary, named by its path or shipped in a package. The bridge gives it the Redis Modules API. */
export const sharedObjectKind: Kind = {
  async open(source, server) {
    const library = await openLibrary(source.file)
    try {
      return await openRedisModule(server, source, library)
    } catch (error) {
      library.close(true)
      throw error
    }
  },
}
