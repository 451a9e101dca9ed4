import { defineDataType } from '@modis/sdk'

/** The newest of the values that were added to a key, oldest first. */
export interface History {
  readonly values: Buffer[]
}

/** How a history is kept in RDB files: its number of values, then each. */
export const historyType = defineDataType<History>({
  name: 'mymodule-',
  encodingVersion: 0,
  save(io, { values }) {
    io.unsigned(values.length)
    for (const value of values) io.string(value)
  },
  load(io) {
    const values: Buffer[] = []
    for (let count = io.unsigned(); count > 0; count--) values.push(io.bytes())
    return { values }
  },
  memoryUsage({ values }) {
    return values.reduce((bytes, value) => bytes + value.length, 0)
  },
  copy({ values }) {
    return { values: [...values] }
  },
})
