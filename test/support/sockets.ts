import { connect, type Socket } from 'node:net'

/** A connection to a TCP port of this machine, once it stands. @throws Error where nothing listens */
export async function connectTo(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  return socket
}
