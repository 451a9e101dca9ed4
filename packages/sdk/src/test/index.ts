/**
 * A test kit for modules: a real server with the module loaded, a client, and helpers to compare with expectations.
 * @module
 */
export * from './client.ts'
export * from './expect.ts'
export * from './free-port.ts'
export * from './reply-error.ts'
export * from './server.ts'
