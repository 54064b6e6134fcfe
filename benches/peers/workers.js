// As many processes as there are cores, which share the port and the connections to the database.
import cluster from 'node:cluster'
import { availableParallelism } from 'node:os'

const { DATABASE_URL, DATABASE_CONNECTIONS = '16', WORKERS = String(availableParallelism()) } = process.env
const workers = Number(WORKERS)

/** Calls `serve({ url, connections, listening })` in each process; says once that all listen. */
export function run(serve) {
  if (Number(process.versions.node.split('.')[0]) < 22) throw new Error('Node.js 22 or later is needed')
  if (cluster.isPrimary) {
    let ready = 0
    cluster.on('listening', (_, { port }) => {
      ready += 1
      if (ready === workers) console.log(`listening on http://127.0.0.1:${port}`)
    })
    cluster.on('exit', () => process.exit(1))
    for (let number = 0; number < workers; number += 1) cluster.fork()
    // Ends with whoever started it.
    process.stdin.on('end', () => process.exit(0)).resume()
  } else {
    process.on('disconnect', () => process.exit(0))
    serve({ url: DATABASE_URL, connections: Math.max(1, Math.floor(Number(DATABASE_CONNECTIONS) / workers)) })
  }
}
