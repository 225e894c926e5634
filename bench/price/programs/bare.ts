/** A bare Fastify that replies to `POST /chat` with a receipt of the usual size, 7 kB. */
import Fastify from 'fastify'

const source = {
  title: 'x'.repeat(20),
  location: 'x'.repeat(60),
  passage: 'x'.repeat(890),
  score: 12.345678,
  highlights: [{ start: 0, end: 100 }],
}
const receipt = { response: 'x'.repeat(840), response_text: 'x'.repeat(790), sources: Array.from({ length: 5 }, () => source) }

const app = Fastify()
app.get('/health/ready', async () => ({ status: 'ready' }))
app.post('/sessions', async () => ({ session_id: 'x'.repeat(24) }))
app.post('/chat', async () => receipt)
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
