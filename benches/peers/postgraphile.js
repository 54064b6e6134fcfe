// PostGraphile 5 on the views, in production mode.
import { createServer } from 'node:http'
import { postgraphile } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafserv } from 'postgraphile/grafserv/node'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'

import { run } from './workers.js'

run(async ({ url, connections }) => {
  const preset = {
    extends: [PostGraphileAmberPreset],
    pgServices: [makePgService({ connectionString: url, schemas: ['peer'], poolConfig: { max: connections } })],
    schema: { defaultBehavior: '+list +connection' },
    grafast: { explain: false },
    grafserv: { graphqlPath: '/graphql', graphiql: false, watch: false, websockets: false },
  }
  const server = createServer()
  server.keepAliveTimeout = 0
  const serving = postgraphile(preset).createServ(grafserv)
  await serving.addTo(server)
  server.listen(0, '127.0.0.1')
})
