import type { RequestArgs } from '../protocol/request-args.ts'
import type { Server } from '../server.ts'
import { type Client, Gate } from './client.ts'

/** Dispatches a request of a client whose replies CLIENT REPLY has turned off; what is pushed to it still comes. */
export function dispatchMuted(server: Server, client: Client, args: RequestArgs): void {
  const mark = client.reply.length
  server.dispatcher.dispatch(client, args)
  muteFrom(server, client, mark)
}

/** Takes back what was written to a client from `mark` on, where its reply mode says so. */
export function muteFrom(server: Server, client: Client, mark: number): void {
  // CLIENT REPLY ON is answered itself. A reply that is still to come keeps the mode until it does.
  if (client.replyMode === 'on' || client.closed) return
  if (client.reply.length > mark) client.reply.length = mark
  server.sendPushed(client)
  if (client.blocked !== undefined) return
  if (client.replyMode === 'skip-next') client.replyMode = 'skip'
  else endSkip(client)
}

/** The reply that CLIENT REPLY SKIP silences has come. */
export function endSkip(client: Client): void {
  if (client.replyMode !== 'skip') return
  client.replyMode = 'on'
  client.gate &= ~Gate.replyOff
}
