import type { Bridge, TypeRegistration } from '@modis/bridge'
import type { TypeMethods } from '../../data-types.ts'

const GUESSED_BYTES = 64
const BEFORE = 1
const AFTER = 2
const NOTHING = new Uint8Array(0)

/** What the server does with values of a Redis module's data type; a value is a pointer of C. */
export function bridgedType(
  bridge: Bridge,
  { number, methods, auxTriggers }: TypeRegistration,
): TypeMethods<number> {
  const bits = { before: BEFORE, after: AFTER } as const
  return {
    announcesChanges: false,
    isCounted: true,
    number,
    save: (value, { db, key }) => bridge.typeSave(number, value, db, key),
    load: (bytes, from, to, encodingVersion, { db, key }) => {
      const { value, consumed } = bridge.typeLoad(number, encodingVersion, bytes.subarray(from, to), db, key)
      return { content: value, consumed }
    },
    carryFrom: (former, contents) => {
      if (former.number === undefined) return undefined
      const values = Float64Array.from(contents)
      return [...values.subarray(0, bridge.typeCarry(former.number, number, values))]
    },
    free: (value) => bridge.typeFree(number, value),
    memoryUsage: (value, { db, key }, samples) =>
      methods.memoryUsage ? bridge.typeMemoryUsage(number, value, db, key, samples) : GUESSED_BYTES,
    canCopy: methods.copy,
    copy: (value, from, to) => {
      if (!methods.copy) return undefined
      const copy = bridge.typeCopy(number, value, from.key, to.key, from.db, to.db)
      return copy === 0 ? undefined : copy
    },
    rewrite: (value, { db, key }) =>
      methods.rewrite ? bridge.typeRewrite(number, value, db, key) : undefined,
    digest: (value, { db, key }) => bridge.typeDigest(number, value, db, key) ?? undefined,
    freeEffort: (value, { db, key }) =>
      methods.freeEffort ? bridge.typeFreeEffort(number, value, db, key) : 1,
    ...(methods.unlink
      ? { unlinked: (value, { db, key }) => bridge.typeUnlink(number, value, db, key) }
      : undefined),
    auxSave: (when) => {
      if (!methods.auxSave || (auxTriggers & bits[when]) === 0) return undefined
      const bytes = bridge.typeAuxSave(number, bits[when])
      return bytes.length === 0 ? undefined : bytes
    },
    auxLoad: (bytes, encodingVersion, when) => {
      if (methods.auxLoad) bridge.typeAuxLoad(number, encodingVersion, bits[when], bytes ?? NOTHING)
    },
  }
}
