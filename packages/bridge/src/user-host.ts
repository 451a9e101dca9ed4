// What the C side asks of the server about users; see host.ts.

import type { Arguments, ByteSource, CallerInfo, Slice } from './host.ts'

/**
 * Users are numbers given out by the host, a new one for each `userCreate` and `userByName`; 0 is "no user". A number
 * that it does not know, for it was freed or its user deleted, stands for a user that may do nothing.
 */
export interface UserHost {
  /** A user that no client but the module's own can become, and that has the rights of a new user: none. */
  userCreate(name: Slice): number
  /**
   * The number is not used any more. With `disconnect`, a user that came from `userCreate` is gone, and clients that
   * are authenticated as it lose their connections.
   */
  userFree(user: number, disconnect: boolean): void
  /** 0 when there is no such user. */
  userByName(name: Slice): number
  userName(user: number): ByteSource | null
  /** Null when the rules were applied, else the reason. `isLine`: several in a line, to be split as Redis does. */
  userSetRules(user: number, rules: Slice, isLine: boolean): ByteSource | null
  userRules(user: number): ByteSource | null
  userMayRun(user: number, args: Arguments): 'yes' | 'no' | 'unknown-command' | 'arity'
  /** `flags`: bits of REDISMODULE_CMD_KEY_*; with none of them, any use of the key will do. */
  userMayAccessKey(user: number, key: Slice, flags: number, isPrefix: boolean): boolean
  userMayAccessChannel(user: number, channel: Slice, isPattern: boolean): boolean
  /** `reason`: RedisModuleACLLogEntryReason. */
  aclLogAdd(user: Slice, object: Slice, reason: number, caller: CallerInfo): void
  /** The client becomes `user`. False when there is no such client or the user is disabled. */
  authenticate(client: number, user: number): boolean
  /** The same with one of the server's own users; false when there is none of that name. */
  authenticateByName(client: number, name: Slice): boolean
  /** The client is nobody any more, and its connection is closed. False when there is no such client. */
  deauthenticate(client: number): boolean
  authCallbacksWanted(wanted: boolean): void
}
