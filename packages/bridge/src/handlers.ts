// What C calls: one function for each operation of native/host-operations.def. Each takes its
// parameters out of the shared memory before it calls the host, which may call back into C, and
// leaves its results there as the last thing it does.

import {
  type BridgeHost,
  CallStatus,
  type CommandDocumentation,
  type CommandRegistration,
  type ConfigRegistration,
  type KeyState,
  type RankRange,
  type TypeRegistration,
  type ZsetAddResult,
} from './host.ts'
import { PackedStrings, type SharedMemory } from './shared-memory.ts'

type Handlers = Record<string, () => void>

/** A key's name is in slots 1 and 2 of every operation on one; its parameters follow. */
const key = 1
const afterKey = 3

function keyHandlers(host: BridgeHost, memory: SharedMemory): Handlers {
  const state: KeyState = { type: 0, length: 0, moduleType: 0, value: 0 }
  return {
    openKey() {
      host.openKey(memory.slots[0], memory.slice(key), memory.slots[afterKey], state)
      const { slots } = memory
      slots[0] = state.type
      slots[1] = state.length
      slots[2] = state.moduleType
      slots[3] = state.value
    },
    keyExists() {
      memory.slots[0] = Number(host.keyExists(memory.slots[0], memory.slice(key)))
    },
    deleteKey() {
      memory.slots[0] = Number(
        host.deleteKey(memory.slots[0], memory.slice(key), memory.slots[afterKey] !== 0),
      )
    },
    signalModified() {
      host.signalModified(memory.slots[0], memory.slice(key))
    },
    signalReady() {
      host.signalReady(memory.slots[0], memory.slice(key))
    },
    expireGet() {
      memory.slots[0] = host.expireGet(memory.slots[0], memory.slice(key))
    },
    expireSet() {
      memory.slots[0] = Number(host.expireSet(memory.slots[0], memory.slice(key), memory.slots[afterKey]))
    },
    dbSize() {
      memory.slots[0] = host.dbSize(memory.slots[0])
    },
    randomKey() {
      memory.giveBytes(0, host.randomKey(memory.slots[0]))
    },
    resetDataset() {
      host.resetDataset(memory.slots[0] !== 0, memory.slots[1] !== 0)
    },
    idleGet() {
      memory.slots[0] = host.idleGet(memory.slots[0], memory.slice(key))
    },
    idleSet() {
      memory.slots[0] = Number(host.idleSet(memory.slots[0], memory.slice(key), memory.slots[afterKey]))
    },
    frequencyGet() {
      memory.slots[0] = host.frequencyGet(memory.slots[0], memory.slice(key))
    },
    frequencySet() {
      memory.slots[0] = Number(host.frequencySet(memory.slots[0], memory.slice(key), memory.slots[afterKey]))
    },
    moduleValueSet() {
      const { slots } = memory
      host.moduleValueSet(slots[0], memory.slice(key), slots[afterKey], slots[afterKey + 1])
    },
    moduleValueReplace() {
      const { slots } = memory
      host.moduleValueReplace(slots[0], memory.slice(key), slots[afterKey], slots[afterKey + 1])
    },
  }
}

function metadataHandlers(host: BridgeHost, memory: SharedMemory): Handlers {
  return {
    metadataClassAllowed() {
      memory.slots[0] = Number(host.metadataClassAllowed(memory.slots[0], memory.slots[1]))
    },
    metadataGet() {
      const value = host.metadataGet(memory.slots[0], memory.slice(key), memory.slots[afterKey])
      memory.slots[0] = Number(value !== undefined)
      memory.slots[1] = value?.low ?? 0
      memory.slots[2] = value?.high ?? 0
    },
    metadataSet() {
      const [db, , , metadataClass, low, high] = memory.slots
      memory.slots[0] = Number(host.metadataSet(db, memory.slice(key), metadataClass, low, high))
    },
  }
}

function valueHandlers(host: BridgeHost, memory: SharedMemory): Handlers {
  return {
    stringGet() {
      memory.giveBytes(0, host.stringGet(memory.slots[0], memory.slice(key)))
    },
    stringSet() {
      const { slots } = memory
      host.stringSet(slots[0], memory.slice(key), memory.slice(afterKey), slots[afterKey + 2] !== 0)
    },
    listPush() {
      const { slots } = memory
      slots[0] = Number(
        host.listPush(slots[0], memory.slice(key), slots[afterKey] !== 0, memory.slice(afterKey + 1)),
      )
    },
    listPop() {
      memory.giveBytes(0, host.listPop(memory.slots[0], memory.slice(key), memory.slots[afterKey] !== 0))
    },
    listGet() {
      memory.giveBytes(0, host.listGet(memory.slots[0], memory.slice(key), memory.slots[afterKey]))
    },
    listSet() {
      const { slots } = memory
      slots[0] = Number(
        host.listSet(slots[0], memory.slice(key), slots[afterKey], memory.slice(afterKey + 1)),
      )
    },
    listInsert() {
      const { slots } = memory
      slots[0] = Number(
        host.listInsert(slots[0], memory.slice(key), slots[afterKey], memory.slice(afterKey + 1)),
      )
    },
    listDelete() {
      memory.slots[0] = Number(host.listDelete(memory.slots[0], memory.slice(key), memory.slots[afterKey]))
    },
    hashGet() {
      memory.giveBytes(0, host.hashGet(memory.slots[0], memory.slice(key), memory.slice(afterKey)))
    },
    hashSet() {
      memory.slots[0] = Number(
        host.hashSet(memory.slots[0], memory.slice(key), memory.slice(afterKey), memory.slice(afterKey + 2)),
      )
    },
    hashDelete() {
      memory.slots[0] = Number(host.hashDelete(memory.slots[0], memory.slice(key), memory.slice(afterKey)))
    },
  }
}

function sortedSetHandlers(host: BridgeHost, memory: SharedMemory): Handlers {
  const added: ZsetAddResult = { flags: 0, score: 0 }
  const range: RankRange = { first: 0, last: -1 }
  const giveRange = (known: boolean): void => {
    memory.slots[0] = Number(known)
    memory.slots[1] = range.first
    memory.slots[2] = range.last
  }
  return {
    zsetAdd() {
      const { slots } = memory
      const [score, flags, increment] = slots.subarray(afterKey + 2)
      const member = memory.slice(afterKey)
      const ok = host.zsetAdd(slots[0], memory.slice(key), score, member, flags, increment !== 0, added)
      slots[0] = Number(ok)
      slots[1] = added.flags
      slots[2] = added.score
    },
    zsetScore() {
      const score = host.zsetScore(memory.slots[0], memory.slice(key), memory.slice(afterKey))
      memory.slots[0] = Number(score !== undefined)
      memory.slots[1] = score ?? 0
    },
    zsetRemove() {
      memory.slots[0] = Number(host.zsetRemove(memory.slots[0], memory.slice(key), memory.slice(afterKey)))
    },
    zsetRankRange() {
      const [db, , , minimum, maximum, minimumExcluded, maximumExcluded] = memory.slots
      const name = memory.slice(key)
      host.zsetRankRange(db, name, minimum, maximum, minimumExcluded !== 0, maximumExcluded !== 0, range)
      giveRange(true)
    },
    zsetLexRankRange() {
      const [db] = memory.slots
      const name = memory.slice(key)
      giveRange(host.zsetLexRankRange(db, name, memory.slice(afterKey), memory.slice(afterKey + 2), range))
    },
    zsetElements() {
      const { slots } = memory
      const packed = new PackedStrings()
      const elements = host.zsetElements(slots[0], memory.slice(key), slots[afterKey], slots[afterKey + 1])
      for (const { member, score } of elements) packed.addScored(member, score)
      memory.giveBytes(1, packed.bytes())
      memory.slots[0] = packed.count
    },
  }
}

function scanHandlers(host: BridgeHost, memory: SharedMemory): Handlers {
  const give = (cursor: number, packed: PackedStrings): void => {
    memory.giveBytes(2, packed.bytes())
    memory.slots[0] = cursor
    memory.slots[1] = packed.count
  }
  return {
    scan() {
      const packed = new PackedStrings()
      give(
        host.scan(memory.slots[0], memory.slots[1], (name) => packed.add(name)),
        packed,
      )
    },
    scanKey() {
      const packed = new PackedStrings()
      const cursor = host.scanKey(
        memory.slots[0],
        memory.slice(key),
        memory.slots[afterKey],
        (field, value) => {
          packed.add(field)
          packed.add(value)
        },
      )
      give(cursor, packed)
    },
  }
}

function registrationHandlers(host: BridgeHost, memory: SharedMemory): Handlers {
  return {
    createCommand() {
      memory.slots[0] = Number(host.createCommand(JSON.parse(memory.text(0)) as CommandRegistration))
    },
    documentCommand() {
      host.documentCommand(JSON.parse(memory.text(0)) as CommandDocumentation)
    },
    setCommandCategories() {
      memory.slots[0] = Number(host.setCommandCategories(memory.slots[0], memory.text(1)))
    },
    addCategory() {
      memory.slots[0] = categoryAnswers[host.addCategory(memory.slots[0], memory.text(1))]
    },
    registerType() {
      memory.slots[0] = Number(host.registerType(JSON.parse(memory.text(0)) as TypeRegistration))
    },
    registerConfig() {
      memory.giveText(0, host.registerConfig(JSON.parse(memory.text(0)) as ConfigRegistration))
    },
    loadConfigs() {
      memory.slots[0] = Number(host.loadConfigs(memory.slots[0], memory.slots[1] !== 0))
    },
    infoWanted() {
      host.infoWanted(memory.slots[0])
    },
    moduleNameBusy() {
      memory.slots[0] = Number(host.moduleNameBusy(memory.text(0)))
    },
    moduleAttributes() {
      host.moduleAttributes(memory.slots[0], memory.text(1), memory.slots[3], memory.slots[4])
    },
    keyspaceEventsWanted() {
      host.keyspaceEventsWanted(memory.slots[0])
    },
    serverEventsWanted() {
      host.serverEventsWanted(memory.slots[0])
    },
    commandFiltersWanted() {
      host.commandFiltersWanted(memory.slots[0] !== 0)
    },
    authCallbacksWanted() {
      host.authCallbacksWanted(memory.slots[0] !== 0)
    },
  }
}

const keyPositionProblems = { unknown: 1, arity: 2, nokeys: 3 } as const

function commandHandlers(host: BridgeHost, memory: SharedMemory): Handlers {
  return {
    call() {
      const [flags, , , , , user] = memory.slots
      const { status, bytes, promise } = host.call(memory.args(6), flags, memory.caller(1), user)
      memory.giveBytes(1, bytes)
      memory.slots[0] = status
      memory.slots[2] = status === CallStatus.blocked ? (promise ?? 0) : 0
    },
    callAbort() {
      memory.slots[0] = Number(host.callAbort(memory.slots[0]))
    },
    commandKeys() {
      const found = host.commandKeys(memory.args(0))
      if (typeof found === 'string') {
        memory.slots[0] = keyPositionProblems[found]
        return
      }
      const pairs = new Int32Array(found.positions.length * 2)
      found.positions.forEach((position, index) => {
        pairs[2 * index] = position
        pairs[2 * index + 1] = found.flags[index] ?? 0
      })
      memory.giveBytes(2, new Uint8Array(pairs.buffer))
      memory.slots[0] = 0
      memory.slots[1] = found.positions.length
    },
    replicate() {
      const [module, , , , , flags] = memory.slots
      memory.slots[0] = Number(host.replicate(module, memory.args(6), memory.caller(1), flags))
    },
    replicateVerbatim() {
      host.replicateVerbatim(memory.caller(0))
    },
    publish() {
      memory.slots[0] = host.publish(memory.slice(0), memory.slice(2), memory.slots[4] !== 0)
    },
    notify() {
      host.notify(memory.slots[0], memory.slots[1], memory.text(2), memory.slice(4))
    },
    keyspaceEventFlags() {
      memory.slots[0] = host.keyspaceEventFlags()
    },
  }
}

function clientHandlers(host: BridgeHost, memory: SharedMemory): Handlers {
  return {
    blockClient() {
      const [blocked, client, timeoutMs, whenDeleted, mayTimeOut, , count] = memory.slots
      const keys = count ? memory.args(5) : null
      host.blockClient(blocked, client, timeoutMs, keys, whenDeleted !== 0, mayTimeOut !== 0)
    },
    unblocked() {
      const [blocked, client, elapsedUs] = memory.slots
      host.unblocked(blocked, client, memory.slice(3), elapsedUs)
    },
    authUnblocked() {
      host.authUnblocked(memory.slots[0], memory.slots[1])
    },
    blockAborted() {
      host.blockAborted(memory.slots[0], memory.slots[1])
    },
    selectDb() {
      memory.slots[0] = Number(host.selectDb(memory.slots[0], memory.slots[1]))
    },
    clientInfo() {
      const info = host.clientInfo(memory.slots[0])
      memory.giveText(4, info === null ? null : info.address)
      if (info === null) return
      memory.slots[0] = info.flags
      memory.slots[1] = info.port
      memory.slots[2] = info.db
      memory.slots[3] = info.resp
    },
    clientName() {
      memory.giveBytes(0, host.clientName(memory.slots[0]))
    },
    setClientName() {
      memory.slots[0] = Number(host.setClientName(memory.slots[0], memory.slice(1)))
    },
    clientUser() {
      memory.giveBytes(0, host.clientUser(memory.slots[0]))
    },
    deauthenticate() {
      memory.slots[0] = Number(host.deauthenticate(memory.slots[0]))
    },
    redactArgument() {
      memory.slots[0] = Number(host.redactArgument(memory.slots[0], memory.slots[1]))
    },
    currentCommandName() {
      memory.giveText(0, host.currentCommandName(memory.slots[0]))
    },
  }
}

const categoryAnswers = { added: 0, taken: 1, 'no-room': 2 } as const
const permissionAnswers = { no: 0, yes: 1, 'unknown-command': 2, arity: 3 } as const

function userHandlers(host: BridgeHost, memory: SharedMemory): Handlers {
  return {
    userCreate() {
      memory.slots[0] = host.userCreate(memory.slice(0))
    },
    userFree() {
      host.userFree(memory.slots[0], memory.slots[1] !== 0)
    },
    userByName() {
      memory.slots[0] = host.userByName(memory.slice(0))
    },
    userName() {
      memory.giveBytes(0, host.userName(memory.slots[0]))
    },
    userSetRules() {
      const [user, , , isLine] = memory.slots
      memory.giveBytes(0, host.userSetRules(user, memory.slice(1), isLine !== 0))
    },
    userRules() {
      memory.giveBytes(0, host.userRules(memory.slots[0]))
    },
    userMayRun() {
      memory.slots[0] = permissionAnswers[host.userMayRun(memory.slots[0], memory.args(1))]
    },
    userMayAccessKey() {
      const [user, , , flags, isPrefix] = memory.slots
      memory.slots[0] = Number(host.userMayAccessKey(user, memory.slice(1), flags, isPrefix !== 0))
    },
    userMayAccessChannel() {
      const [user, , , isPattern] = memory.slots
      memory.slots[0] = Number(host.userMayAccessChannel(user, memory.slice(1), isPattern !== 0))
    },
    aclLogAdd() {
      host.aclLogAdd(memory.slice(0), memory.slice(2), memory.slots[4], memory.caller(5))
    },
    authenticate() {
      memory.slots[0] = Number(host.authenticate(memory.slots[0], memory.slots[1]))
    },
    authenticateByName() {
      memory.slots[0] = Number(host.authenticateByName(memory.slots[0], memory.slice(1)))
    },
  }
}

const configTypes = { string: 0, enum: 1, numeric: 2, bool: 3 } as const

function serverHandlers(host: BridgeHost, memory: SharedMemory): Handlers {
  return {
    log() {
      host.log(memory.slots[0], memory.text(1), memory.text(3))
    },
    latencySample() {
      host.latencySample(memory.text(0), memory.slots[2])
    },
    contextFlags() {
      memory.slots[0] = host.contextFlags()
    },
    serverVersion() {
      memory.slots[0] = host.serverVersion()
    },
    usedMemoryRatio() {
      memory.slots[0] = host.usedMemoryRatio()
    },
    serverInfo() {
      memory.giveText(0, host.serverInfo(memory.text(0)))
    },
    configNames() {
      const names = host.configNames(memory.slots[0] === 0 ? null : memory.text(1))
      memory.giveText(0, names.map((name) => `${name}\n`).join(''))
    },
    configType() {
      const type = host.configType(memory.text(0))
      memory.slots[0] = type === null ? -1 : configTypes[type]
    },
    configRead() {
      memory.giveText(0, host.configRead(memory.text(0)))
    },
    configWrite() {
      memory.giveText(0, host.configWrite(memory.text(0), memory.text(2)))
    },
    yield() {
      const [letsClientsIn, ageUs, hasReply] = memory.slots
      memory.slots[0] = host.yield(letsClientsIn !== 0, ageUs, hasReply !== 0 ? memory.text(3) : null)
    },
  }
}

/** Every operation by its name. */
export function createHandlers(host: BridgeHost, memory: SharedMemory): Handlers {
  return {
    ...keyHandlers(host, memory),
    ...metadataHandlers(host, memory),
    ...valueHandlers(host, memory),
    ...sortedSetHandlers(host, memory),
    ...scanHandlers(host, memory),
    ...registrationHandlers(host, memory),
    ...commandHandlers(host, memory),
    ...clientHandlers(host, memory),
    ...userHandlers(host, memory),
    ...serverHandlers(host, memory),
  }
}
