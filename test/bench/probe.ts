// Measures how long a server keeps a client waiting: sends PING as soon as the last was answered, with a pause of a
// millisecond, and on SIGTERM prints the longest answers in microseconds. A process of its own, so that nothing
// else it does delays the measuring.
import { connect } from 'node:net'

const KEPT = 5
const socket = connect({ host: '127.0.0.1', port: Number(process.argv[2]), noDelay: true })
const longest: number[] = []
let sentAt = 0

function ping(): void {
  sentAt = performance.now()
  socket.write('PING\r\n')
}

socket.on('connect', ping)
socket.on('data', () => {
  longest.push((performance.now() - sentAt) * 1000)
  longest.sort((a, b) => b - a)
  longest.length = Math.min(longest.length, KEPT)
  setTimeout(ping, 1)
})
process.on('SIGTERM', () => {
  console.log(JSON.stringify(longest.map(Math.round)))
  process.exit()
})
