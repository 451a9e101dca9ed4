/**
 * What the server needs of the contract beyond what modules use. Not covered by semantic versioning.
 * @module
 */

export * from './config-values.ts'
export * from './elf.ts'
export * from './lzf.ts'
export * from './memory-size.ts'
export * from './schema-description.ts'
export * from './schema-parser.ts'
export * from './schema-structure.ts'
export * from './semver.ts'
export * from './validate-module.ts'
export * from './validate-schema.ts'
export * from './value-io.ts'
