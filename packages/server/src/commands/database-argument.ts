import { CommandError } from '@modis/sdk'
import type { CommandContext } from '../dispatch/command-context.ts'
import type { Database } from '../keyspace/database.ts'
import { longArgument } from '../protocol/number-arguments.ts'
import type { RequestArgs } from '../protocol/request-args.ts'

const outOfRange = new CommandError('DB index is out of range')
const notAnInteger = new CommandError('value is out of range, value must between -2147483648 and 2147483647')
const MAX_INT = 2 ** 31 - 1

/** The error of a command whose source and target are one and the same. */
export const sameObject = new CommandError('source and destination objects are the same')

/**
 * The database whose number is argument `index`.
 * @throws CommandError `notInteger` where it is no 32-bit integer, `ERR DB index is out of range` where there is none
 */
export function databaseArgument(
  ctx: CommandContext,
  args: RequestArgs,
  index: number,
  notInteger?: CommandError,
): Database {
  return numberedDatabase(ctx, databaseNumberArgument(args, index, notInteger))
}

/**
 * Argument `index` as the number of a database, be there one or not.
 * @throws CommandError `notInteger` where it is no 32-bit integer
 */
export function databaseNumberArgument(args: RequestArgs, index: number, notInteger?: CommandError): number {
  const number = longArgument(args, index, notInteger)
  if (number > MAX_INT || number < -MAX_INT - 1) throw notInteger ?? notAnInteger
  return number
}

/**
 * The database with a number.
 * @throws CommandError `ERR DB index is out of range` where there is none
 */
export function numberedDatabase(ctx: CommandContext, number: number): Database {
  const database = ctx.server.keyspace.databases[number]
  if (database === undefined) throw outOfRange
  return database
}
