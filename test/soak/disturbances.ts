import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { FaultLayer } from '../faults/layer/fault-layer.ts'
import { type Folders, listDiskScenarios } from '../faults/world/disk-scenarios.ts'
import type { ServerWorld } from '../worlds/server-world.ts'

/** Something that goes wrong for a while. */
export interface Disturbance {
  readonly name: string
  begin(server: ServerWorld): unknown
  end(): void
}

/** Discards what a server exports, or does not answer. */
export interface Sink {
  readonly url: string
  setAnswering(isAnswering: boolean): void
}

const SILENT_CONNECTIONS = 200
const HALF_REQUEST =
  'POST /chat HTTP/1.1\r\nhost: pellucid\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"mess'

export async function startSink(): Promise<Sink> {
  let isAnswering = true
  const server: Server = createServer((request, reply) => {
    request.resume()
    if (isAnswering) reply.end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setAnswering(answering) {
      isAnswering = answering
      if (answering) server.closeAllConnections()
    },
  }
}

/** Lists disturbances of the files, if there is a layer, and of the network. */
export function listDisturbances(layer: FaultLayer | undefined, folders: Folders, sink: Sink): readonly Disturbance[] {
  const disks =
    layer === undefined
      ? []
      : listDiskScenarios(folders, layer).map(({ name, begin }) => ({ name, begin, end: () => layer.set() }))
  const others: readonly Disturbance[] = [
    { name: 'collector does not answer', begin: () => sink.setAnswering(false), end: () => sink.setAnswering(true) },
    openConnections('silent connections', ''),
    openConnections('requests cut off in the middle', HALF_REQUEST),
  ]
  const all: Disturbance[] = []
  for (let i = 0; i < Math.max(disks.length, others.length); i++)
    for (const one of [disks[i], others[i % others.length]]) if (one !== undefined) all.push(one)
  return all
}

function openConnections(name: string, text: string): Disturbance {
  let sockets: Socket[] = []
  return {
    name,
    begin({ address }) {
      const { hostname, port } = new URL(address)
      sockets = Array.from({ length: SILENT_CONNECTIONS }, () => {
        const socket = connect(Number(port), hostname, () => socket.write(text))
        // The server may close it, and may refuse it.
        return socket.on('error', () => socket.destroy())
      })
    },
    end() {
      for (const socket of sockets) socket.destroy()
    },
  }
}
