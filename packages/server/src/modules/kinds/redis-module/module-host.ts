import type { ConfigRegistration, TypeRegistration } from '@modis/bridge'
import type { Option } from '../../../config/option.ts'
import { ServerGate } from '../../../dispatch/server-gate.ts'
import { infoText } from '../../../info/info.ts'
import { LOG_LEVELS, type LogLevel } from '../../../log.ts'
import { redisVersion } from '../../../version.ts'
import { MetadataHost } from './metadata-host.ts'
import { ContextFlag } from './numbers.ts'

/** What Redis modules register and ask of the server itself: the last part of the bridge's host. */
export class RedisModuleHost extends MetadataHost {
  /** Names of live modules by the bridge's numbers, for the log. */
  readonly names = new Map<number, string>()

  moduleNameBusy(name: string): boolean {
    const taken = this.server.registry.modules.get(name)
    if (taken === undefined) return false
    for (const loading of this.loading.values()) if (loading.replaces === taken) return false
    for (const loading of this.loading.values()) loading.nameTaken(name)
    return true
  }

  moduleAttributes(module: number, name: string, version: number, _apiVersion: number): void {
    this.names.set(module, name)
    this.loading.get(module)?.identify(name, version)
  }

  registerType(type: TypeRegistration): boolean {
    return this.loading.get(type.module)?.addType(type) ?? false
  }

  registerConfig(config: ConfigRegistration): string | null {
    const loading = this.loading.get(config.module)
    return loading === undefined
      ? 'parameters can be registered while the module loads'
      : loading.addConfig(config)
  }

  loadConfigs(module: number, defaultsOnly: boolean): boolean {
    return this.loading.get(module)?.loadConfigs(defaultsOnly) ?? false
  }

  infoWanted(module: number): void {
    this.loading.get(module)?.wantInfo()
  }

  log(module: number, level: string, message: string): void {
    const known = LOG_LEVELS.includes(level as LogLevel) ? (level as LogLevel) : 'verbose'
    this.server.log.log(known, `<${this.names.get(module) ?? 'module'}> ${message}`)
  }

  latencySample(event: string, milliseconds: number): void {
    this.server.slowCommands.noteLatency(event, milliseconds)
  }

  contextFlags(): number {
    const { config, dispatcher, eviction, persistence } = this.server
    let flags: number = ContextFlag.master
    if (this.server.executing !== undefined) flags |= ContextFlag.multi
    if ((dispatcher.gate & ServerGate.loading) !== 0) flags |= ContextFlag.loading
    if (persistence.savePoints.length > 0) flags |= ContextFlag.rdb
    if (persistence.inProgress) flags |= ContextFlag.activeChild
    if (config.integer('maxmemory') > 0) {
      flags |= ContextFlag.maxmemory
      if (config.text('maxmemory-policy') !== 'noeviction') flags |= ContextFlag.evicts
      if (eviction.isOverLimit) flags |= ContextFlag.outOfMemory
    }
    return flags
  }

  serverVersion(): number {
    const [major = 0, minor = 0, patch = 0] = redisVersion.split('.').map(Number)
    return (major << 16) | (minor << 8) | patch
  }

  usedMemoryRatio(): number {
    const limit = this.server.config.integer('maxmemory')
    return limit === 0 ? 0 : this.server.keyspace.usedBytes / limit
  }

  serverInfo(section: string): string {
    return infoText(this.server, section === '' ? [] : [section])
  }

  configNames(pattern: string | null): string[] {
    return this.server.config.get([pattern ?? '*']).map(([name]) => name)
  }

  configType(name: string): ConfigRegistration['type'] | null {
    const option: Option | undefined = this.server.config.find(name)
    switch (option?.type) {
      case undefined:
        return null
      case 'boolean':
        return 'bool'
      case 'integer':
        return 'numeric'
      case 'enum':
        return 'enum'
      default:
        return 'string'
    }
  }

  configRead(name: string): string | null {
    const option = this.server.config.find(name)
    return option === undefined ? null : this.server.config.shown(option)
  }

  configWrite(name: string, value: string): string | null {
    try {
      const change = this.server.config.set([[name, value]], {
        protected: true,
        loading: false,
        directives: false,
      })
      // What takes its time is a module being loaded, which a module may not wait for.
      if (change instanceof Promise) change.catch((error) => this.server.log.warning(String(error)))
      return null
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  yield(letsClientsIn: boolean, ageUs: number, reply: string | null): number {
    const ageMs = ageUs < 0 ? -1 : ageUs / 1000
    const serveWatched = (): void => this.bridge().serveWatched()
    return this.server.eventsWhileBlocked.duringYield({ letsClientsIn, reply, ageMs, serveWatched }) * 1000
  }
}
