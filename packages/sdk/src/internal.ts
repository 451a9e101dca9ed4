/**
 * What the server needs of the contract beyond what modules use. Not covered by semantic versioning.
 * @module
 */
export * from './lzf.ts'
export * from './value-io.ts'
export * from './schema-description.ts'
