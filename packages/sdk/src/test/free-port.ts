import { createSocket, type Socket } from 'node:dgram'
import { createServer } from 'node:net'

// Below the ports that systems give to outgoing connections, which come and go.
const firstPort = 10_000
const lastPort = 32_000
const host = '127.0.0.1'

/** UDP sockets that stand for the TCP ports of the same number; the system closes them with this process. */
const reservations: Socket[] = []

/**
 * A TCP port of this machine that nothing listens on, and that no other process which asks in this way is given while this
 * one runs: test files that run at the same time never start servers on the same port.
 * @throws Error where there is none
 */
export const freePort = async (): Promise<number> => {
  for (let attempt = 0; attempt < lastPort - firstPort; attempt++) {
    const port = firstPort + Math.floor(Math.random() * (lastPort - firstPort))
    if ((await reserve(port)) && (await isFree(port))) return port
  }
  throw new Error(`no port from ${firstPort} to ${lastPort} is free`)
}

const reserve = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4')
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close()
      // Where the system has no such sockets for us, a port that nothing listens on has to do.
      resolve(error.code !== 'EADDRINUSE')
    })
    socket.bind({ port, address: host, exclusive: true }, () => {
      // A reservation is no reason for the process to go on.
      socket.unref()
      reservations.push(socket)
      resolve(true)
    })
  })

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, host, () => probe.close(() => resolve(true)))
  })
