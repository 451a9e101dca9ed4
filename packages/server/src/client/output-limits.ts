import type { Config } from '../config/config.ts'
import type { Client } from './client.ts'

/** How many bytes of replies may wait for a client; 0 for any number. */
export interface OutputLimit {
  readonly hardBytes: number
  readonly softBytes: number
  readonly softSeconds: number
}

const NO_LIMIT: OutputLimit = { hardBytes: 0, softBytes: 0, softSeconds: 0 }

/** `client-output-buffer-limit`, by class of client. */
export class OutputLimits {
  #normal = NO_LIMIT
  #pubsub = NO_LIMIT

  follow(config: Config): void {
    config.follow(['client-output-buffer-limit'], () => {
      const words = config.words('client-output-buffer-limit')
      this.#normal = limitOf(words, 'normal')
      this.#pubsub = limitOf(words, 'pubsub')
    })
  }

  of(client: Client): OutputLimit {
    return client.subscriptionCount > 0 ? this.#pubsub : this.#normal
  }
}

function limitOf(words: readonly string[], name: string): OutputLimit {
  const at = words.indexOf(name)
  if (at < 0) return NO_LIMIT
  const [hardBytes = 0, softBytes = 0, softSeconds = 0] = words.slice(at + 1, at + 4).map(Number)
  return { hardBytes, softBytes, softSeconds }
}
