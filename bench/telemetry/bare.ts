/** A bare Fastify whose handler does nothing: what the others are compared with. */
import Fastify from 'fastify'

const app = Fastify()
app.get('/', async () => ({ ok: true }))
console.log(await app.listen({ port: 0, host: '127.0.0.1' }))
