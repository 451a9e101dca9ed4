import type { Slice } from '../../src/index.ts'
import { Keyspace, keyOf } from './keyspace.ts'

interface User {
  name: string
  rules: string
}

/** A keyspace with users, whose rules are kept as the text they were given as. */
export class Users extends Keyspace {
  readonly users = new Map<number, User>([[1, { name: 'default', rules: '~* +@all' }]])

  userCreate(name: string): number {
    const number = this.users.size + 1
    this.users.set(number, { name, rules: '' })
    return number
  }

  userFree(user: number): void {
    this.users.delete(user)
  }

  userByName(name: string): number {
    return [...this.users].find(([, user]) => user.name === name)?.[0] ?? 0
  }

  userName(user: number): string {
    return this.users.get(user)?.name ?? ''
  }

  userSetRules(user: number, rules: string): string | null {
    if (rules.includes('bogus')) return `ERR Error in ACL SETUSER modifier '${rules}': Syntax error`
    this.users.get(user)!.rules = rules
    return null
  }

  userRules(user: number): string {
    return this.users.get(user)!.rules
  }

  userMayAccessKey(user: number, key: Slice, _flags: number, isPrefix: boolean): boolean {
    const { rules } = this.users.get(user)!
    if (rules.includes('~*')) return true
    return !isPrefix && rules.split(' ').includes(`~${keyOf(key)}`)
  }

  userMayAccessChannel(user: number): boolean {
    return this.users.get(user)!.rules.includes('&*')
  }
}
