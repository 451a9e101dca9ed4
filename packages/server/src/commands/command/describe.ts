import type { CommandFlag, KeyFlag, KeySpec, Reply } from '@modis/sdk'
import type { ArgumentDocumentation } from '@modis/sdk/internal'
import { ACL_CATEGORIES } from '../../dispatch/acl-categories.ts'
import type { Command } from '../../dispatch/command.ts'

// Redis shows flags, categories and the like in fixed orders, and some flags not at all.

const SHOWN_FLAGS: readonly CommandFlag[] = [
  'write',
  'readonly',
  'denyoom',
  'module',
  'admin',
  'pubsub',
  'noscript',
  'blocking',
  'loading',
  'stale',
  'skip_monitor',
  'skip_slowlog',
  'asking',
  'fast',
  'no_auth',
  'no_mandatory_keys',
  'no_async_loading',
  'no_multi',
  'movablekeys',
  'allow_busy',
]

const KEY_FLAGS: readonly KeyFlag[] = [
  'RO',
  'RW',
  'OW',
  'RM',
  'access',
  'update',
  'insert',
  'delete',
  'not_key',
  'incomplete',
  'variable_flags',
]

function writeNames(reply: Reply, names: readonly string[]): void {
  reply.set(names.length)
  for (const name of names) reply.simple(name)
}

/** Writes flags of a key specification, or of a key. */
export function writeKeyFlags(reply: Reply, flags: readonly KeyFlag[]): void {
  writeNames(
    reply,
    KEY_FLAGS.filter((flag) => flags.includes(flag)),
  )
}

/** Writes an element of COMMAND and COMMAND INFO. */
export function writeCommandInfo(reply: Reply, command: Command): void {
  const { description, definition, flags, categories, subcommands } = command
  reply.array(10)
  reply.bulk(command.fullName)
  reply.integer(command.arity)
  writeNames(
    reply,
    SHOWN_FLAGS.filter((flag) => flags.has(flag)),
  )
  reply.integer(description.firstKey)
  reply.integer(description.lastKey)
  reply.integer(description.step)
  const own = categories.filter((category) => !ACL_CATEGORIES.includes(category))
  const known = ACL_CATEGORIES.filter((category) => categories.includes(category))
  writeNames(
    reply,
    [...known, ...own].map((category) => `@${category}`),
  )
  const tips = definition.tips ?? []
  reply.set(tips.length)
  for (const tip of tips) reply.bulk(tip)
  reply.set(description.keySpecs.length)
  for (const spec of description.keySpecs) writeKeySpec(reply, spec)
  if (subcommands === undefined) reply.set(0)
  else {
    reply.array(subcommands.size)
    for (const subcommand of subcommands.values()) writeCommandInfo(reply, subcommand)
  }
}

function writeKeySpec(reply: Reply, { notes, flags, begin, find }: KeySpec): void {
  reply.map(notes === undefined ? 3 : 4)
  if (notes !== undefined) {
    reply.bulk('notes')
    reply.bulk(notes)
  }
  reply.bulk('flags')
  writeKeyFlags(reply, flags)
  reply.bulk('begin_search')
  if ('index' in begin) writeSpec(reply, 'index', { index: begin.index })
  else if ('keyword' in begin)
    writeSpec(reply, 'keyword', { keyword: begin.keyword, startfrom: begin.startFrom })
  else writeSpec(reply, 'unknown', {})
  reply.bulk('find_keys')
  if ('lastKey' in find) {
    writeSpec(reply, 'range', { lastkey: find.lastKey, keystep: find.step, limit: find.limit })
  } else if ('keyCountIndex' in find) {
    writeSpec(reply, 'keynum', { keynumidx: find.keyCountIndex, firstkey: find.firstKey, keystep: find.step })
  } else writeSpec(reply, 'unknown', {})
}

function writeSpec(reply: Reply, type: string, fields: Readonly<Record<string, string | number>>): void {
  reply.map(2)
  reply.bulk('type')
  reply.bulk(type)
  reply.bulk('spec')
  reply.map(Object.keys(fields).length)
  for (const [name, value] of Object.entries(fields)) {
    reply.bulk(name)
    if (typeof value === 'number') reply.integer(value)
    else reply.bulk(value)
  }
}

/** Writes what COMMAND DOCS says of a command. */
export function writeCommandDocs(reply: Reply, command: Command): void {
  const { definition, description, module, subcommands } = command
  const mark = reply.deferred()
  let fields = 0
  const field = (name: string): void => {
    reply.bulk(name)
    fields++
  }
  const text = (name: string, value: string | undefined): void => {
    if (value === undefined) return
    field(name)
    reply.bulk(value)
  }
  if (definition.summary !== '') text('summary', definition.summary)
  text('since', definition.since)
  text('group', definition.group ?? module.definition?.group ?? 'module')
  text('complexity', definition.complexity)
  if (module.kind !== 'built-in') text('module', module.name)
  if (definition.deprecatedSince !== undefined) {
    field('doc_flags')
    writeNames(reply, ['deprecated'])
  }
  text('deprecated_since', definition.deprecatedSince)
  text('replaced_by', definition.replacedBy)
  if (definition.history !== undefined) {
    field('history')
    writeHistory(reply, definition.history)
  }
  if (description.documentation.length > 0) {
    field('arguments')
    writeArguments(reply, description.documentation)
  }
  if (subcommands !== undefined) {
    field('subcommands')
    reply.map(subcommands.size)
    for (const subcommand of subcommands.values()) {
      reply.bulk(subcommand.fullName)
      writeCommandDocs(reply, subcommand)
    }
  }
  reply.endDeferred(mark, 'map', fields)
}

function writeHistory(reply: Reply, history: readonly (readonly [string, string])[]): void {
  reply.set(history.length)
  for (const [since, change] of history) {
    reply.array(2)
    reply.bulk(since)
    reply.bulk(change)
  }
}

function writeArguments(reply: Reply, documented: readonly ArgumentDocumentation[]): void {
  reply.array(documented.length)
  for (const each of documented) {
    const texts = Object.entries({
      name: each.name,
      type: each.type,
      display_text: each.displayText,
      key_spec_index: each.keySpecIndex,
      token: each.token,
      summary: each.summary,
      since: each.since,
      deprecated_since: each.deprecatedSince,
    }).filter(([, value]) => value !== undefined)
    const hasFlags = each.flags.length > 0
    reply.map(texts.length + (hasFlags ? 1 : 0) + (each.arguments === undefined ? 0 : 1))
    for (const [name, value] of texts) {
      reply.bulk(name)
      if (typeof value === 'number') reply.integer(value)
      else reply.bulk(value as string)
    }
    if (hasFlags) {
      reply.bulk('flags')
      writeNames(reply, each.flags)
    }
    if (each.arguments !== undefined) {
      reply.bulk('arguments')
      writeArguments(reply, each.arguments)
    }
  }
}
