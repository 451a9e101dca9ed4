import { createHash } from 'node:crypto'
import { CommandError, type DataType } from '@modis/sdk'
import { ValueDecoder, ValueEncoder } from '@modis/sdk/internal'
import type { TypeMethods } from '../data-types.ts'

const GUESSED_BYTES = 64

/**
 * What the server does with values of a data type written in TypeScript.
 * @param moduleName is blamed in the errors of commands that end where one of the type's functions throws
 * @param failed logs and counts what they threw
 */
export function typescriptType(
  type: DataType<unknown>,
  moduleName: string,
  failed: (what: string, error: unknown) => void,
): TypeMethods {
  /** Runs a hook without which the command cannot do its work. */
  const loudly = <Result>(hook: string, work: () => Result): Result => {
    try {
      return work()
    } catch (error) {
      failed(`'${hook}' of its data type '${type.name}'`, error)
      const reason = error instanceof Error ? error.message : String(error)
      throw new CommandError(
        `'${hook}' of the data type '${type.name}' of module '${moduleName}' threw: ${reason}`,
      )
    }
  }
  const save = (content: unknown): Uint8Array =>
    loudly('save', () => {
      const encoder = new ValueEncoder()
      type.save(encoder, content)
      return encoder.finish()
    })
  const load: TypeMethods['load'] = (bytes, from, to, encodingVersion) => {
    const decoder = new ValueDecoder(bytes, from, to)
    const content = type.load(decoder, encodingVersion)
    decoder.finish()
    return { content, consumed: decoder.offset - from }
  }
  /** Runs a hook that has no one to fail for. */
  const quietly = <Result>(hook: string, fallback: Result, work: () => Result): Result => {
    try {
      return work()
    } catch (error) {
      failed(`'${hook}' of its data type '${type.name}'`, error)
      return fallback
    }
  }
  return {
    announcesChanges: true,
    isCounted: false,
    save,
    load,
    free: (content) => quietly('free', undefined, () => type.free?.(content)),
    memoryUsage: (content) =>
      quietly('memoryUsage', GUESSED_BYTES, () => amount(type.memoryUsage?.(content) ?? GUESSED_BYTES)),
    canCopy: true,
    copy: (content, from, to) => {
      const { copy } = type
      if (copy !== undefined)
        return loudly('copy', () => copy.call(type, content, Buffer.from(from.key), Buffer.from(to.key)))
      const bytes = save(content)
      return load(bytes, 0, bytes.length, type.encodingVersion, to).content
    },
    rewrite: (content, place) => {
      if (type.rewrite === undefined) return undefined
      const commands: Buffer[] = []
      type.rewrite(
        (command, ...args) => commands.push(request([command, ...args])),
        Buffer.from(place.key),
        content,
      )
      return Buffer.concat(commands)
    },
    digest: (content) =>
      type.digest === undefined ? undefined : loudly('digest', () => digest(type, content)),
    freeEffort: (content) => quietly('freeEffort', 1, () => amount(type.freeEffort?.(content) ?? 1)),
  }
}

/** What the server adds up must be a number: one value that is none would spoil the sum for good. */
function amount(value: number): number {
  if (typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER) return value
  throw new RangeError(`it returned ${String(value)}, which is not a number from 0 up`)
}

/** A command as the protocol has it. */
function request(words: readonly (Uint8Array | string | number | bigint)[]): Buffer {
  const parts: Buffer[] = [Buffer.from(`*${words.length}\r\n`)]
  for (const word of words) {
    const bytes = typeof word === 'object' ? Buffer.from(word) : Buffer.from(String(word))
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n'))
  }
  return Buffer.concat(parts)
}

const DIGEST_BYTES = 20

/** Mixes the elements as Redis does: in order within a sequence, without order among sequences. */
function digest(type: DataType<unknown>, content: unknown): Uint8Array {
  const total = Buffer.alloc(DIGEST_BYTES)
  let sequence: Buffer = Buffer.alloc(DIGEST_BYTES)
  type.digest?.(
    {
      add: (element) => {
        const bytes = typeof element === 'object' ? element : Buffer.from(String(element))
        xor(sequence, createHash('sha1').update(bytes).digest())
        sequence = createHash('sha1').update(sequence).digest()
      },
      endSequence: () => {
        xor(total, createHash('sha1').update(sequence).digest())
        sequence = Buffer.alloc(DIGEST_BYTES)
      },
    },
    content,
  )
  return total
}

function xor(target: Buffer, source: Buffer): void {
  for (let index = 0; index < DIGEST_BYTES; index++)
    target[index] = (target[index] as number) ^ (source[index] as number)
}
