import t, { type Test } from 'tap'
import { type Canary, makeCanaries } from '../../canaries/canary-kinds.ts'
import { createSearch } from '../../canaries/search.ts'
import { headersOf } from '../../worlds/secret-traffic.ts'
import { loadSecretTexts } from '../../worlds/secrets.ts'
import { say } from '../../worlds/server-world.ts'
import { until } from '../../worlds/until.ts'
import { type SentryReceiver, startReceiver } from './receiver.ts'
import { readErrorsMetric, refuseWrites, startReportingServer } from './world.ts'

/** A longer text of an error is cut in the log. */
const MAX_CHARS = 1800
const CANARIES: readonly Canary[] = [...makeCanaries(), ...loadSecretTexts().map(secret => ({ ...secret, form: 'whole' }))]

/** As few groups as hold all canaries, with the texts of each below the limit. */
function groupCanaries(): readonly (readonly Canary[])[] {
  const groups: Canary[][] = []
  for (const canary of CANARIES) {
    const last = groups.at(-1)
    const length = [...(last ?? []), canary].reduce((sum, { text }) => sum + text.length + 1, 0)
    if (last === undefined || length > MAX_CHARS) groups.push([canary])
    else last.push(canary)
  }
  return groups
}

function assertClean(t: Test, receiver: SentryReceiver): void {
  const sent = receiver.bytes.flatMap(text => [text, ...text.split('\n').map(textsOf)]).join('\n')
  const tracesOf = createSearch(CANARIES)(sent)
  const found = CANARIES.map(canary => ({ kind: canary.kind, form: canary.form, traces: tracesOf(canary) }))
  t.same(
    found.filter(({ traces }) => traces.length > 0),
    [],
    'no canary is in what was sent',
  )
  t.ok(createSearch(CANARIES)(`${sent} ${CANARIES[0]!.text}`)(CANARIES[0]!).length > 0, 'the search finds one that is')
}

/** The texts of a line of JSON, as they were before they were encoded. */
function textsOf(line: string): string {
  const texts: string[] = []
  try {
    JSON.parse(line, (_name, value) => {
      if (typeof value === 'string') texts.push(value)
      return value
    })
  } catch {
    // Not JSON: it is searched as it is.
  }
  return texts.join('\n')
}

for (const [what, send] of [
  [
    'messages',
    (address: string, text: string, first: Canary) =>
      say(address, text, { user_id: first.text.slice(0, 256) }, headersOf(first.text)).then(({ status }) => status),
  ],
  [
    'documents',
    (address: string, text: string, first: Canary) =>
      fetch(`${address}/documents/${encodeURIComponent(first.text.slice(0, 200))}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', ...headersOf(first.text) },
        body: JSON.stringify({ format: 'text', text, title: first.text }),
      }).then(({ status }) => status),
  ],
] as const)
  t.test(`no secret of ${what} is in an event, not even of an error that quotes it`, async t => {
    const receiver = await startReceiver(t)
    const server = await startReportingServer(t, receiver.dsn, { LOG_LEVEL: 'DEBUG', LOG_MESSAGE_CONTENT: 'full' })
    refuseWrites(server)
    const groups = groupCanaries()
    t.ok(groups.length <= 60 && groups.length > 20, `${CANARIES.length} canaries in ${groups.length} requests`)
    for (const group of groups) {
      const text = group.map(({ text }) => text).join('\n')
      t.equal(await send(server.address, text, group[0]!), 500)
    }
    await until(async () => (await readErrorsMetric(server, 'telemetry_exported_total')) === groups.length)
    t.equal(receiver.events().length, groups.length)
    assertClean(t, receiver)
  })
