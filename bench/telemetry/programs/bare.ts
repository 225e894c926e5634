/** A bare Fastify with an empty handler: the baseline. */
import Fastify from 'fastify'

const app = Fastify()
app.get('/', async () => ({ ok: true }))
console.log(await app.listen({ port: 0, host: '127.0.0.1' }))
