import type { Slice } from '../../src/index.ts'
import { bytesOf, Keyspace, keyOf } from './keyspace.ts'

interface User {
  name: string
  rules: string
  /** Whether only the module that made it knows it. */
  isOwn: boolean
}

/** A keyspace with users, whose rules are kept as the text they were given as. */
export class Users extends Keyspace {
  /** Users of the server. */
  readonly users = new Map<string, User>([['default', { name: 'default', rules: '~* +@all', isOwn: false }]])
  /** What modules hold, by the numbers they have it under. */
  readonly handles = new Map<number, User>()
  /** Modules' own users whose clients were told to go. */
  readonly disconnected: string[] = []
  #last = 0

  #handle(user: User): number {
    this.handles.set(++this.#last, user)
    return this.#last
  }

  userCreate(name: Slice): number {
    return this.#handle({ name: keyOf(name), rules: '', isOwn: true })
  }

  userFree(user: number, disconnect: boolean): void {
    const handle = this.handles.get(user)
    if (disconnect && handle?.isOwn) this.disconnected.push(handle.name)
    this.handles.delete(user)
  }

  userByName(name: Slice): number {
    const user = this.users.get(keyOf(name))
    return user === undefined ? 0 : this.#handle(user)
  }

  userName(user: number): Buffer | null {
    const handle = this.handles.get(user)
    return handle === undefined ? null : Buffer.from(handle.name)
  }

  userSetRules(user: number, rules: Slice, isLine: boolean): Buffer | null {
    const text = keyOf(rules)
    const handle = this.handles.get(user)
    if (handle === undefined) return Buffer.from('The user does not exist')
    if (text.includes('bogus')) {
      return Buffer.from(isLine ? `Error in ACL SETUSER modifier '${text}': Syntax error` : 'Syntax error')
    }
    if (text.includes('@nothing')) return Buffer.from('Unknown command or category name in ACL')
    handle.rules = text
    return null
  }

  userRules(user: number): Buffer | null {
    const handle = this.handles.get(user)
    return handle === undefined ? null : Buffer.from(handle.rules)
  }

  userMayAccessKey(user: number, key: Slice, _flags: number, isPrefix: boolean): boolean {
    const rules = this.handles.get(user)?.rules ?? ''
    if (rules.includes('~*')) return true
    return !isPrefix && rules.split(' ').includes(`~${keyOf(key)}`)
  }

  userMayAccessChannel(user: number, channel: Slice, isPattern: boolean): boolean {
    const rules = this.handles.get(user)?.rules ?? ''
    return rules.includes('&*') || (!isPattern && rules.includes(`&${bytesOf(channel)}`))
  }
}
